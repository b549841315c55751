#include "compiler/sema/training/training_nodes.h"

#include <algorithm>
#include <set>

#include "compiler/ir/affine.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

std::vector<Axis> without_batch(std::vector<Axis> axes) {
  std::erase_if(axes, [](const Axis& axis) { return axis.batch; });
  return axes;
}

/// Index k of the reader for axis k, but for the last axis, read at index `last`.
Expr element_with_last(const Graph& graph, NodeId node, uint32_t last) {
  std::vector<Subscript> at;
  size_t rank = graph[node].axes.size();
  for (uint32_t axis = 0; axis + 1 < rank; ++axis) at.push_back(affine(axis));
  at.push_back(affine(last));
  return load(node, std::move(at));
}

NodeId pointwise(Graph& graph, NodeId like, Expr body, const std::string& name, Span span) {
  return add_comprehension(graph, name, graph[like].axes, {Reduction::None, {}, std::move(body)}, span);
}

/// Of a sum over the last axis: the axes that stay and the one that goes.
std::pair<std::vector<Axis>, Axis> split_last(const std::vector<Axis>& axes) {
  check(!axes.empty(), "sema: a class is given scores along an axis");
  return {{axes.begin(), axes.end() - 1}, axes.back()};
}

/// Squares whose sum is beyond these bounds may have left float32, or lost digits there: then the numbers are scaled first, by
/// powers of two, which round nothing.
constexpr double large_squares = 0x1p120, of_large = 0x1p-100, small_squares = 0x1p-80, of_small = 0x1p80;
constexpr double largest_f32 = 0x1.fffffep127;

}  // namespace

bool is_batch_mean(const Node& node) {
  const auto* formula = std::get_if<Comprehension>(&node.kind);
  return formula &&
         std::any_of(formula->reduced.begin(), formula->reduced.end(), [](const Axis& a) { return a.batch; });
}

Expr element_of(const Graph& graph, NodeId node, uint32_t first) {
  std::vector<Subscript> at;
  for (uint32_t axis = 0; axis < graph[node].axes.size(); ++axis) at.push_back(affine(first + axis));
  return load(node, std::move(at));
}

NodeId mean_over_batch(Graph& graph, NodeId value, NodeId count, const std::string& name, Span span,
                       const std::optional<ExampleWeights>& weights) {
  check(batched(graph[value]), "sema: " + name + " is averaged but has no batch");
  std::vector<Axis> kept = without_batch(graph[value].axes);
  uint32_t example = static_cast<uint32_t>(kept.size());
  std::vector<Subscript> at = {affine(example)};
  for (uint32_t axis = 0; axis < kept.size(); ++axis) at.push_back(affine(axis));
  Expr valid = call(Function::Less, {index_value(example), load(count, {})});
  Expr counted = load(value, std::move(at)), all = load(count, {});
  if (weights) {
    counted = load(weights->each, {affine(example)}) * counted;
    all = load(weights->all, {});
  }
  Expr body = call(Function::Select, {valid, counted, constant(0)}) / all;
  return add_comprehension(graph, name, kept, {Reduction::Sum, {graph[value].axes.front()}, body}, span);
}

NodeId weight_of_all(Graph& graph, NodeId each, NodeId count, Span span) {
  Expr valid = call(Function::Less, {index_value(0u), load(count, {})});
  Expr body = call(Function::Select, {valid, load(each, {affine(0)}), constant(0)});
  return add_comprehension(graph, "weight_of_all", {}, {Reduction::Sum, {graph[each].axes.front()}, body}, span);
}

NodeId divisor_of_weights(Graph& graph, NodeId all, Span span) {
  Expr some = call(Function::Less, {constant(0), load(all, {})});
  Expr body = call(Function::Select, {some, load(all, {}), constant(1)});
  return add_comprehension(graph, "weight_to_divide_by", {}, {Reduction::None, {}, body}, span);
}

MeansBehind means_behind(const Graph& graph, NodeId value) {
  MeansBehind result;
  std::set<NodeId> seen, means;
  std::vector<NodeId> pending = {value};
  while (!pending.empty()) {
    NodeId node = pending.back();
    pending.pop_back();
    if (!seen.insert(node).second) continue;
    if (is_batch_mean(graph[node])) {
      means.insert(node);
      continue;
    }
    result.mixed = result.mixed || batched(graph[node]);
    for (NodeId source : sources_of(graph, node)) pending.push_back(source);
  }
  result.means.assign(means.begin(), means.end());
  return result;
}

NodeId with_batch(Graph& graph, NodeId node, int64_t batch) {
  if (batched(graph[node])) return node;
  std::vector<Axis> axes = graph[node].axes;
  std::string example = "n";
  while (std::any_of(axes.begin(), axes.end(), [&](const Axis& axis) { return axis.name == example; })) example += "'";
  axes.insert(axes.begin(), {example, batch, true});
  Comprehension copy{Reduction::None, {}, element_of(graph, node, 1)};
  return add_comprehension(graph, graph[node].name, std::move(axes), std::move(copy), graph[node].span);
}

NodeId softmax_of(Graph& graph, NodeId scores, const std::string& name, Span span) {
  auto [kept, classes] = split_last(graph[scores].axes);
  uint32_t last = static_cast<uint32_t>(kept.size());
  Expr power = call(Function::Exp, {element_of(graph, scores)});
  NodeId total = add_comprehension(graph, name + "_total", kept, {Reduction::Sum, {classes}, power}, span);
  std::vector<Subscript> at;
  for (uint32_t axis = 0; axis < last; ++axis) at.push_back(affine(axis));
  return pointwise(graph, scores, power / load(total, std::move(at)), name, span);
}

NodeId sigmoid_of(Graph& graph, NodeId scores, const std::string& name, Span span) {
  return pointwise(graph, scores, call(Function::Sigmoid, {element_of(graph, scores)}), name, span);
}

NodeId label_of(Graph& graph, NodeId scores, const std::string& name, Span span) {
  auto [kept, classes] = split_last(graph[scores].axes);
  Expr score = element_with_last(graph, scores, static_cast<uint32_t>(kept.size()));
  Element label{Element::Kind::Class, classes.extent};
  return add_comprehension(graph, name, kept, {Reduction::ArgMaximum, {classes}, score}, span, label);
}

NodeId unstandardized(Graph& graph, NodeId value, const StatisticNodes& of, const std::string& name, Span span) {
  Expr distance = element_of(graph, value) * statistic_of(graph, of.deviation, value);
  Expr body = (distance + statistic_of(graph, of.mean_rest, value)) + statistic_of(graph, of.mean, value);
  return pointwise(graph, value, body, name, span);
}

NodeId standardized(Graph& graph, NodeId value, NodeId rest, const StatisticNodes& of, const std::string& name,
                    Span span) {
  Expr distance = element_of(graph, value) - statistic_of(graph, of.mean, value);
  Expr mean_rest = statistic_of(graph, of.mean_rest, value);
  distance = rest.valid() ? distance + (element_of(graph, rest) - mean_rest) : distance - mean_rest;
  return pointwise(graph, value, distance / statistic_of(graph, of.deviation, value), name, span);
}

Expr statistic_of(const Graph& graph, NodeId statistic, NodeId array) {
  return element_of(graph, statistic, batched(graph[array]) ? 1 : 0);
}

NodeId any_of(Graph& graph, const std::vector<NodeId>& gaps, const std::string& name, Span span) {
  if (gaps.size() == 1) return gaps.front();
  Expr any = element_of(graph, gaps.front());
  for (size_t other = 1; other < gaps.size(); ++other) any = call(Function::Or, {any, element_of(graph, gaps[other])});
  return pointwise(graph, gaps.front(), any, name, span);
}

NodeId with_element(Graph& graph, NodeId value, const Element& element, const std::string& name, Span span) {
  if (element.kind != Element::Kind::Class)
    return add_comprehension(graph, name, graph[value].axes, {Reduction::None, {}, element_of(graph, value)}, span,
                             element);
  // The place where a value is its own number: so it is proven to be a label.
  const auto place = static_cast<uint32_t>(graph[value].axes.size());
  Expr found = call(Function::Equal, {element_of(graph, value), index_value(place)});
  return add_comprehension(graph, name, graph[value].axes,
                           {Reduction::ArgMaximum, {{"place", element.classes, false}}, found}, span, element);
}

NodeId filled(Graph& graph, NodeId value, NodeId gap, const Expr& fill, const std::string& name, Span span) {
  Expr body = call(Function::Select, {element_of(graph, gap), fill, element_of(graph, value)});
  return add_comprehension(graph, name, graph[value].axes, {Reduction::None, {}, std::move(body)}, span,
                           graph[value].element);
}

NodeId length_of_all(Graph& graph, const std::vector<NodeId>& arrays, const std::string& name, Span span) {
  const auto sum_of_squares = [&](const std::string& total, const auto& scaled) {
    Expr sum = constant(0);
    for (NodeId array : arrays) {
      const Expr element = scaled(element_of(graph, array));
      std::vector<Axis> axes = graph[array].axes;
      Comprehension squares{axes.empty() ? Reduction::None : Reduction::Sum, axes, element * element};
      sum = sum + load(add_comprehension(graph, total + "_part", {}, std::move(squares), span), {});
    }
    return load(add_comprehension(graph, total, {}, {Reduction::None, {}, sum}, span), {});
  };
  const Expr squares = sum_of_squares(name + "_squares", [](Expr element) { return element; });
  const Expr large = call(Function::Less, {constant(large_squares), squares});
  const Expr small = call(Function::Less, {squares, constant(small_squares)});
  const auto by_size = [&](Expr if_large, Expr if_small, Expr otherwise) {
    return call(Function::Select, {large, std::move(if_large),
                                   call(Function::Select, {small, std::move(if_small), std::move(otherwise)})});
  };
  const Expr scaled = sum_of_squares(name + "_scaled", [&](const Expr& element) {
    return by_size(element * constant(of_large), element * constant(of_small), constant(0));
  });
  const Expr root = call(Function::Sqrt, {scaled});
  const Expr length = by_size(root / constant(of_large), root / constant(of_small), call(Function::Sqrt, {squares}));
  return add_comprehension(graph, name, {},
                           {Reduction::None, {}, call(Function::Minimum, {length, constant(largest_f32)})}, span);
}

}  // namespace dnnc
