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

/// The statistic read at the places of an array with the same axes, the batch apart.
Expr statistic_of(const Graph& graph, NodeId statistic, NodeId array) {
  return element_of(graph, statistic, batched(graph[array]) ? 1 : 0);
}

NodeId pointwise(Graph& graph, NodeId like, Expr body, const std::string& name, Span span) {
  return add_comprehension(graph, name, graph[like].axes, {Reduction::None, {}, std::move(body)}, span);
}

/// Of a sum over the last axis: the axes that stay and the one that goes.
std::pair<std::vector<Axis>, Axis> split_last(const std::vector<Axis>& axes) {
  check(!axes.empty(), "sema: a class is given scores along an axis");
  return {{axes.begin(), axes.end() - 1}, axes.back()};
}

bool is_batch_mean(const Node& node) {
  const auto* formula = std::get_if<Comprehension>(&node.kind);
  return formula &&
         std::any_of(formula->reduced.begin(), formula->reduced.end(), [](const Axis& a) { return a.batch; });
}

}  // namespace

Expr element_of(const Graph& graph, NodeId node, uint32_t first) {
  std::vector<Subscript> at;
  for (uint32_t axis = 0; axis < graph[node].axes.size(); ++axis) at.push_back(affine(first + axis));
  return load(node, std::move(at));
}

NodeId mean_over_batch(Graph& graph, NodeId value, NodeId count, const std::string& name, Span span) {
  check(batched(graph[value]), "sema: " + name + " is averaged but has no batch");
  std::vector<Axis> kept = without_batch(graph[value].axes);
  uint32_t example = static_cast<uint32_t>(kept.size());
  std::vector<Subscript> at = {affine(example)};
  for (uint32_t axis = 0; axis < kept.size(); ++axis) at.push_back(affine(axis));
  Expr valid = call(Function::Less, {index_value(example), load(count, {})});
  Expr body = call(Function::Select, {valid, load(value, std::move(at)), constant(0)}) / load(count, {});
  return add_comprehension(graph, name, kept, {Reduction::Sum, {graph[value].axes.front()}, body}, span);
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

NodeId unstandardized(Graph& graph, NodeId value, NodeId mean, NodeId deviation, const std::string& name, Span span) {
  Expr body = element_of(graph, value) * statistic_of(graph, deviation, value) + statistic_of(graph, mean, value);
  return pointwise(graph, value, body, name, span);
}

NodeId standardized(Graph& graph, NodeId value, NodeId mean, NodeId deviation, const std::string& name, Span span) {
  Expr body = (element_of(graph, value) - statistic_of(graph, mean, value)) / statistic_of(graph, deviation, value);
  return pointwise(graph, value, body, name, span);
}

NodeId length_of_all(Graph& graph, const std::vector<NodeId>& arrays, const std::string& name, Span span) {
  Expr total = constant(0);
  for (NodeId array : arrays) {
    Expr square = element_of(graph, array) * element_of(graph, array);
    std::vector<Axis> axes = graph[array].axes;
    Comprehension sum{axes.empty() ? Reduction::None : Reduction::Sum, axes, square};
    NodeId part = add_comprehension(graph, name + "_part", {}, std::move(sum), span);
    total = total + load(part, {});
  }
  return add_comprehension(graph, name, {}, {Reduction::None, {}, call(Function::Sqrt, {total})}, span);
}

}  // namespace dnnc
