#include "compiler/sema/training/whole_ranges.h"

#include <algorithm>
#include <cmath>

#include "compiler/support/match.h"
#include "runtime/program/field_values.h"

namespace dnnc {
namespace {

using Range = std::optional<Interval>;

Range joined(const Range& a, const Range& b) {
  if (!a || !b) return std::nullopt;
  return Interval{std::min(a->low, b->low), std::max(a->high, b->high)};
}

Range range_of_node(const Graph& graph, NodeId node, const FieldRange& field) {
  if (graph[node].element.kind == Element::Kind::Class) return Interval{0, graph[node].element.classes - 1};
  if (const auto* input = std::get_if<Input>(&graph[node].kind))
    return input->role == InputRole::Field ? field(input->name) : std::nullopt;
  const auto* made = std::get_if<Comprehension>(&graph[node].kind);
  return made && made->reduction == Reduction::None ? whole_range(graph, made->body, field) : std::nullopt;
}

/// The whole numbers that a field of the source may hold.
std::optional<Interval> range_of_field(const Run& run, const std::string& name) {
  for (const RawField& field : run.raw) {
    if (field.name != name) continue;
    if (field.reading == runtime::Reading::Missing || field.reading == runtime::Reading::Equals) return Interval{0, 1};
    if (field.element.kind == Element::Kind::Class) return Interval{0, field.element.classes - 1};
    if (field.element.kind == Element::Kind::Integer) return Interval{field.least, field.most};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Interval> whole_range(const Graph& graph, const Expr& value, const FieldRange& field) {
  return std::visit(
      match{[&](const Constant& number) -> Range {
              if (number.value != std::floor(number.value) || std::abs(number.value) >= runtime::end_of_whole)
                return std::nullopt;
              return Interval{static_cast<int64_t>(number.value), static_cast<int64_t>(number.value)};
            },
            [&](const Load& read) -> Range {
              const Range inside = range_of_node(graph, read.source, field);
              return read.outside ? joined(inside, whole_range(graph, read.outside, field)) : inside;
            },
            [&](const Call& call) -> Range {
              const FunctionInfo& function = info(call.function);
              if (function.truth) return Interval{0, 1};
              if (!function.range) return std::nullopt;
              std::vector<Range> arguments;
              for (const Expr& argument : call.arguments) arguments.push_back(whole_range(graph, argument, field));
              return function.range(arguments.data());
            },
            [&](const Overridden& stated) -> Range { return whole_range(graph, stated.value, field); },
            [&](const auto&) -> Range { return std::nullopt; }},
      value->kind);
}

std::optional<Interval> whole_range(const Graph& graph, const Expr& value, const Run& run) {
  return whole_range(graph, value, [&](const std::string& name) { return range_of_field(run, name); });
}

}  // namespace dnnc
