#include <algorithm>
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
    graph[id] = without_idle_axes(graph[id]);
    simplify_body(graph, id, differentiated);
    if (std::optional<NodeId> sum = take_scale_out(graph, id)) changes.before[id].push_back(*sum);
  }
  return insert_nodes(std::move(graph), changes);
}

}  // namespace dnnc
