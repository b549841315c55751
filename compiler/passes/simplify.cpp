#include <algorithm>
#include <cmath>
#include <set>

#include "compiler/ir/affine.h"
#include "compiler/passes/formulas/insert_nodes.h"
#include "compiler/passes/formulas/own_element.h"
#include "compiler/passes/formulas/simplify_expression.h"
#include "compiler/passes/passes.h"

namespace dnnc {
namespace {

/// Whether a reduction over `axis` does nothing but count: it has one place, or the body does not depend on it.
bool is_idle(Reduction reduction, const Axis& axis, bool used) {
  if (axis.extent == 1) return true;
  return !used && (reduction == Reduction::Sum || reduction == Reduction::Maximum || reduction == Reduction::Minimum);
}

/// Drops the axes that a reduction need not run over; without any left it is none.
Node without_idle_axes(Node node) {
  auto& comprehension = std::get<Comprehension>(node.kind);
  std::set<uint32_t> used = indices_of(comprehension.body);
  std::vector<Axis> kept;
  std::vector<Affine> places;
  double count = 1;
  for (uint32_t axis = 0; axis < node.axes.size(); ++axis) places.push_back(affine(axis));
  for (const Axis& axis : comprehension.reduced) {
    bool idle = is_idle(comprehension.reduction, axis, used.contains(places.size()));
    if (idle) count *= axis.extent;
    places.push_back(idle ? Affine{} : affine(node.axes.size() + kept.size()));
    if (!idle) kept.push_back(axis);
  }
  if (kept.size() == comprehension.reduced.size()) return node;
  bool place = comprehension.reduction == Reduction::ArgMaximum || comprehension.reduction == Reduction::ArgMinimum;
  comprehension.reduced = kept;
  std::vector<int64_t> extents = extents_of(all_axes(node));
  comprehension.body = place && kept.empty() ? constant(0) : substitute(comprehension.body, places, extents);
  if (comprehension.reduction == Reduction::Sum && count != 1)
    comprehension.body = comprehension.body * constant(count);
  if (kept.empty()) comprehension.reduction = Reduction::None;
  return node;
}

/// The place of a reduced axis if all terms elsewhere are 0.
struct OnlyPlace {
  uint32_t index;
  int64_t place;
  Expr term;
};
std::optional<OnlyPlace> only_place(const Expr& body, uint32_t first_reduced) {
  const Call* choice = call_of(body, Function::Select);
  const Call* here = choice ? call_of(choice->arguments[0], Function::Equal) : nullptr;
  if (!here || !is_number(choice->arguments[2], 0)) return std::nullopt;
  const auto* value = std::get_if<IndexValue>(&here->arguments[0]->kind);
  const auto* place = std::get_if<Constant>(&here->arguments[1]->kind);
  const auto index = value ? single_index(value->value) : std::nullopt;
  if (!index || *index < first_reduced || !place || place->value != std::floor(place->value)) return std::nullopt;
  return OnlyPlace{*index, static_cast<int64_t>(place->value), choice->arguments[1]};
}

/// sum[q](select(q == 2, e[q], 0)) is e[2].
Node without_terms_of_zero(Node node) {
  auto& comprehension = std::get<Comprehension>(node.kind);
  if (comprehension.reduction != Reduction::Sum) return node;
  const auto first_reduced = static_cast<uint32_t>(node.axes.size());
  const auto only = only_place(comprehension.body, first_reduced);
  if (!only) return node;
  Axis& axis = comprehension.reduced[only->index - first_reduced];
  if (only->place < 0 || only->place >= axis.extent) return node;
  std::vector<Affine> places;
  for (uint32_t index = 0; index < all_axes(node).size(); ++index)
    places.push_back(index == only->index ? affine_constant(only->place) : affine(index));
  std::vector<int64_t> extents = extents_of(all_axes(node));
  const auto term = try_substitute(only->term, places, extents);
  if (!term) return node;
  comprehension.body = *term;
  axis.extent = 1;
  return node;
}

/// A factor, divisor or sign that is the same for all terms of a sum.
struct Scale {
  Function function;
  Expr terms;
  std::vector<Expr> constant;
};
std::optional<Scale> constant_scale(const Expr& body) {
  const auto* call = std::get_if<Call>(&body->kind);
  if (!call) return std::nullopt;
  const std::vector<Expr>& a = call->arguments;
  if (call->function == Function::Negate) return Scale{call->function, a[0], {}};
  bool scales = call->function == Function::Multiply || call->function == Function::Divide;
  if (!scales || !std::holds_alternative<Constant>(a[1]->kind)) return std::nullopt;
  return Scale{call->function, a[0], {a[1]}};
}

/// sum(e * c) is sum(e) * c, so that sums of products stay such. Gives the node of the sum, if it was split off.
std::optional<NodeId> take_scale_out(Graph& graph, NodeId id) {
  Node terms = graph[id];
  auto& comprehension = std::get<Comprehension>(terms.kind);
  if (comprehension.reduction != Reduction::Sum) return std::nullopt;
  std::optional<Scale> scale = constant_scale(comprehension.body);
  if (!scale) return std::nullopt;
  comprehension.body = scale->terms;
  NodeId sum = graph.nodes.push(std::move(terms));
  std::vector<Expr> arguments = {own_element(graph, sum)};
  arguments.insert(arguments.end(), scale->constant.begin(), scale->constant.end());
  graph[id].kind = Comprehension{Reduction::None, {}, call(scale->function, arguments)};
  return sum;
}

void simplify_body(Graph& graph, NodeId id, bool differentiated) {
  Node node = graph[id];
  auto& body = std::get<Comprehension>(node.kind).body;
  body = simplified(graph, graph[id], body, differentiated);
  graph[id] = std::move(node);
}

}  // namespace

Graph simplify(Graph graph) {
  bool differentiated = std::none_of(graph.nodes.begin(), graph.nodes.end(),
                                     [](const Node& node) { return std::holds_alternative<Gradient>(node.kind); });
  NodeChanges changes;
  for (NodeId id : node_ids(graph)) {
    if (!std::holds_alternative<Comprehension>(graph[id].kind)) continue;
    simplify_body(graph, id, differentiated);
    graph[id] = without_idle_axes(without_terms_of_zero(graph[id]));
    simplify_body(graph, id, differentiated);
    if (std::optional<NodeId> sum = take_scale_out(graph, id)) changes.before[id].push_back(*sum);
  }
  return insert_nodes(std::move(graph), changes);
}

}  // namespace dnnc
