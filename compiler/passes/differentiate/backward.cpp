#include "compiler/passes/differentiate/backward.h"

#include <algorithm>

#include "compiler/ir/affine.h"
#include "compiler/ir/gradient_paths.h"
#include "compiler/support/check.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

/// Those of `behind` that a target flows to.
std::set<NodeId> nodes_between(const Graph& graph, const NodeSet& behind, const std::vector<NodeId>& targets) {
  std::set<NodeId> between;
  for (NodeId target : targets)
    if (behind.contains(target)) between.insert(target);
  size_t before = 0;
  do {  // again while a recurrence reads a later member
    before = between.size();
    for (NodeId node : behind)
      for (NodeId source : differentiable_sources(graph, node))
        if (between.contains(source)) between.insert(node);
  } while (before != between.size());
  return between;
}

bool is_member(const Recurrence& recurrence, NodeId node) {
  return std::find(recurrence.members.begin(), recurrence.members.end(), node) != recurrence.members.end();
}

int64_t element_count(const std::vector<Axis>& axes) {
  int64_t count = 1;
  for (const Axis& axis : axes) count *= axis.extent;
  return count;
}

/// Row-major number of the reduced indices, which come after `axes` others.
Affine number_of_reduced(size_t axes, const std::vector<Axis>& reduced) {
  Affine number;
  int64_t count = 1;
  for (size_t place = reduced.size(); place-- > 0;) {
    number = number + affine(axes + place, count);
    count *= reduced[place].extent;
  }
  return number;
}

Expr select(Expr condition, Expr then, Expr otherwise) {
  return call(Function::Select, {std::move(condition), std::move(then), std::move(otherwise)});
}
Expr equal(const Expr& a, Expr b) { return call(Function::Equal, {a, std::move(b)}); }

/// Of a product over e: the product without one of its factors, from the product of those that are not 0 and the
/// number of those that are.
Expr product_of_others(const Expr& e, const Expr& product, const Expr& zeros) {
  Expr at_zero = select(equal(zeros, constant(1)), product, constant(0));
  Expr elsewhere = select(equal(zeros, constant(0)), product / e, constant(0));
  return select(equal(e, constant(0)), at_zero, elsewhere);
}

}  // namespace

Backward::Backward(Graph& graph, NodeId loss, const std::vector<NodeId>& targets)
    : graph_(graph), loss_(loss), active_(nodes_between(graph, gradient_paths(graph, loss), targets)) {}

void Backward::run() {
  std::vector<NodeId> nodes(active_.begin(), active_.end());
  for (size_t place = nodes.size(); place-- > 0;) {
    std::optional<Recurrence> recurrence = recurrence_of(nodes[place]);
    if (!recurrence) {
      run_node(nodes[place]);
      continue;
    }
    run_recurrence(*recurrence);
    while (place > 0 && is_member(*recurrence, nodes[place - 1])) --place;
  }
}

NodeId Backward::adjoint(NodeId target) {
  auto known = adjoints_.find(target);
  if (known != adjoints_.end()) return known->second;
  return adjoints_[target] = add_adjoint(target, constant(target == loss_ ? 1 : 0));
}

std::optional<Recurrence> Backward::recurrence_of(NodeId node) const {
  for (const Recurrence& recurrence : graph_.recurrences)
    if (is_member(recurrence, node)) return recurrence;
  return std::nullopt;
}

NodeId Backward::add_adjoint(NodeId of, Expr body) {
  Node node = graph_[of];
  return add_comprehension(graph_, adjoint_name(node.name), node.axes, {Reduction::None, {}, std::move(body)},
                           node.span);
}

void Backward::run_node(NodeId node) {
  if (!settle(node)) return;
  if (const auto* reshape = std::get_if<Reshape>(&graph_[node].kind)) return pass_on_reshape(node, reshape->source);
  if (!std::holds_alternative<Comprehension>(graph_[node].kind)) return;
  prepare(node);
  pass_on(node, [&](NodeId source) { return active_.contains(source); });
}

/// All readers of `node` have contributed: the sum becomes its adjoint. False if there is none.
bool Backward::settle(NodeId node) {
  if (node == loss_) return true;
  std::vector<Product>& terms = contributions_[node];
  if (terms.empty()) return false;
  NodeId same = held_by(node, terms);
  adjoints_[node] = same.valid() ? same : add_adjoint(node, sum_of(terms));
  return true;
}

/// The node that already is the sum of `terms`, if there is one.
NodeId Backward::held_by(NodeId node, const std::vector<Product>& terms) {
  if (terms.size() != 1 || terms[0].factors.size() != 1) return {};
  const Product& term = terms[0];
  const auto* load = std::get_if<Load>(&term.factors[0]->kind);
  if (!load || term.coefficient != 1 || !term.divisors.empty() || !term.guards.empty()) return {};
  bool whole = extents_of(graph_[load->source].axes) == extents_of(graph_[node].axes) &&
               same(own_element(graph_, load->source), term.factors[0]);
  if (!whole) return {};
  if (made_for_.contains(load->source)) graph_[load->source].span = graph_[node].span;
  return load->source;
}

void Backward::pass_on_reshape(NodeId node, NodeId source) {
  if (!active_.contains(source)) return;
  Node of = graph_[source];
  NodeId back = add_reshape(graph_, adjoint_name(of.name), adjoint(node), of.axes, of.span);
  made_for_.insert(back);
  contributions_[source].push_back(product_of(own_element(graph_, back)));
  if (masked_.contains(node)) masked_.insert(source);
}

/// The adjoint of the body of a node: that of the node, times what the reduction makes of it.
Product Backward::seed(NodeId id) {
  Product result;
  if (id != loss_) result.factors.push_back(own_element(graph_, adjoints_.at(id)));
  const Node& node = graph_[id];
  const auto& comprehension = std::get<Comprehension>(node.kind);
  auto helper = [&](size_t number) { return own_element(graph_, helpers_.at(id).at(number)); };
  switch (comprehension.reduction) {
    case Reduction::None:
    case Reduction::Sum:
      break;
    case Reduction::Maximum:
    case Reduction::Minimum:
      result.guards.push_back(
          {equal(helper(0), index_value(number_of_reduced(node.axes.size(), comprehension.reduced)))});
      break;
    case Reduction::Product:
      result.factors.push_back(product_of_others(comprehension.body, helper(0), helper(1)));
      break;
    case Reduction::ArgMaximum:
    case Reduction::ArgMinimum:
      check(false, "differentiate: `" + node.name + "` has no derivative");
  }
  return result;
}

/// Makes the nodes that seed() reads.
void Backward::prepare(NodeId id) {
  Node node = graph_[id];
  const auto* forward = std::get_if<Comprehension>(&node.kind);
  if (!forward || helpers_.contains(id)) return;
  auto add = [&](const char* prefix, Reduction reduction, Expr body, Element element) {
    helpers_[id].push_back(add_comprehension(graph_, prefix + node.name, node.axes,
                                             {reduction, forward->reduced, std::move(body)}, node.span, element));
  };
  Element place{Element::Kind::Class, element_count(forward->reduced)};
  Expr is_zero = equal(forward->body, constant(0));
  if (forward->reduction == Reduction::Maximum) add("arg_", Reduction::ArgMaximum, forward->body, place);
  if (forward->reduction == Reduction::Minimum) add("arg_", Reduction::ArgMinimum, forward->body, place);
  if (forward->reduction != Reduction::Product) return;
  add("nonzero_", Reduction::Product, select(is_zero, constant(1), forward->body), {});
  add("zeros_", Reduction::Sum, select(is_zero, constant(1), constant(0)), {});
}

/// Adds to the adjoints of those sources of a node that `wanted` accepts. Gives the nodes made.
std::vector<MadeNode> Backward::pass_on(NodeId id, const Wanted& wanted) {
  Node node = graph_[id];
  const auto& comprehension = std::get<Comprehension>(node.kind);
  Reader reader{id, all_axes(node), node.span, std::nullopt};
  if (masked_.contains(id)) reader.masked_adjoint = adjoints_.at(id);
  Expr value = comprehension.reduction == Reduction::None ? own_element(graph_, id) : nullptr;
  std::vector<MadeNode> made;
  for (const LoadAdjoint& adjoint :
       load_adjoints(graph_, comprehension.body, value, seed(id), extents_of(reader.indices), wanted)) {
    NodeId source = adjoint.load.source;
    GatheredAdjoint gathered = gather_adjoint(graph_, adjoint, reader);
    if (gathered.masked || reader.masked_adjoint) masked_.insert(source);
    for (Product& term : gathered.terms)
      if (term.coefficient != 0) contributions_[source].push_back(std::move(term));
    for (MadeNode& one : gathered.made) {
      made_for_.insert(one.node);
      made.push_back(std::move(one));
    }
  }
  return made;
}

}  // namespace dnnc
