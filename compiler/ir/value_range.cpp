#include "compiler/ir/value_range.h"

#include <algorithm>
#include <cmath>

#include "compiler/support/match.h"

namespace dnnc {
namespace {

using Range = std::optional<Interval>;

Range either(const Range& a, const Range& b) {
  if (!a || !b) return std::nullopt;
  return Interval{std::min(a->low, b->low), std::max(a->high, b->high)};
}

Range range_of_constant(double value) {
  if (std::floor(value) != value || std::fabs(value) > 1e15) return std::nullopt;
  auto whole = static_cast<int64_t>(value);
  return Interval{whole, whole};
}

/// What a node holds: labels, or the number of an element among those reduced over.
Range range_of_elements(const Node& node) {
  if (node.element.kind == Element::Kind::Class) return Interval{0, node.element.classes - 1};
  const auto* comprehension = std::get_if<Comprehension>(&node.kind);
  if (!comprehension) return std::nullopt;
  if (comprehension->reduction != Reduction::ArgMaximum && comprehension->reduction != Reduction::ArgMinimum)
    return std::nullopt;
  int64_t count = 1;
  for (const Axis& axis : comprehension->reduced) count *= axis.extent;
  return Interval{0, count - 1};
}

}  // namespace

std::optional<Interval> value_range(const Graph& graph, const Node& node, const Expr& expression) {
  return std::visit(
      match{[](const Constant& constant) { return range_of_constant(constant.value); },
            [&](const IndexValue& index) { return Range(range_of(index.value, extents_of(all_axes(node)))); },
            [&](const Load& load) {
              Range inside = range_of_elements(graph[load.source]);
              return load.outside ? either(inside, value_range(graph, node, load.outside)) : inside;
            },
            [&](const Call& call) {
              std::vector<Range> arguments;
              for (const Expr& argument : call.arguments) arguments.push_back(value_range(graph, node, argument));
              const FunctionInfo& row = info(call.function);
              return row.range ? row.range(arguments.data()) : Range();
            },
            [&](const Overridden& overridden) { return value_range(graph, node, overridden.value); },
            [](const Draw&) { return Range(); }},
      expression->kind);
}

}  // namespace dnnc
