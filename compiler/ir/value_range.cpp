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

Range range_of_call(Function function, const std::vector<Range>& arguments) {
  for (size_t place = function == Function::Select ? 1 : 0; place < arguments.size(); ++place)
    if (!arguments[place]) return std::nullopt;
  if (function == Function::Select) return either(arguments[1], arguments[2]);
  if (function == Function::StopGradient) return arguments[0];
  if (arguments.size() != 2) return std::nullopt;
  const Interval &a = *arguments[0], &b = *arguments[1];
  if (function == Function::Minimum) return Interval{std::min(a.low, b.low), std::min(a.high, b.high)};
  if (function == Function::Maximum) return Interval{std::max(a.low, b.low), std::max(a.high, b.high)};
  if (function == Function::Add) return Interval{a.low + b.low, a.high + b.high};
  if (function == Function::Subtract) return Interval{a.low - b.high, a.high - b.low};
  return std::nullopt;
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
              return range_of_call(call.function, arguments);
            },
            [&](const Overridden& overridden) { return value_range(graph, node, overridden.value); },
            [](const Draw&) { return Range(); }},
      expression->kind);
}

}  // namespace dnnc
