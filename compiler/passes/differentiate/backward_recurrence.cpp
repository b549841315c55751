#include <algorithm>

#include "compiler/passes/differentiate/backward.h"
#include "compiler/passes/formulas/insert_nodes.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

uint32_t axis_along(const MadeNode& made, uint32_t axis) {
  auto found = std::find(made.along.begin(), made.along.end(), std::optional<size_t>(axis));
  check(found != made.along.end(), "differentiate: a recurrence is read at a place that does not run along it");
  return found - made.along.begin();
}

}  // namespace

/// The adjoint of a recurrence is one that runs the other way: the reads of a member at the place before are reads of
/// adjoints at the place after. What flows out of the members (`dU = sum over s`) stands outside of it.
void Backward::run_recurrence(const Recurrence& recurrence) {
  std::vector<NodeId> members;
  for (NodeId member : recurrence.members)
    if (active_.contains(member)) members.push_back(member);
  for (NodeId member : members) {
    settle_from_outside(member);
    prepare(member);
  }
  mask_together(members);
  graph_.recurrences.push_back(reversed(recurrence, members));
  for (NodeId member : members)
    pass_on(member, [&](NodeId source) {
      bool inside = std::find(members.begin(), members.end(), source) != members.end();
      return !inside && active_.contains(source);
    });
}

/// What comes from readers outside of the recurrence is computed before it.
void Backward::settle_from_outside(NodeId member) {
  std::vector<Product>& terms = contributions_[member];
  if (terms.empty()) return;
  NodeId same = held_by(member, terms);
  NodeId outside = same.valid() ? same : add_adjoint(member, sum_of(terms));
  terms = {product_of(own_element(graph_, outside))};
}

/// What masks the adjoint of one member comes to all of them, before any is made.
void Backward::mask_together(const std::vector<NodeId>& members) {
  bool masked = false;
  for (NodeId member : members) {
    masked = masked || masked_.contains(member);
    for_each(std::get<Comprehension>(graph_[member].kind).body, [&](const Expression& expression) {
      const auto* call = std::get_if<Call>(&expression.kind);
      masked = masked || (call && call->function == Function::Select);
    });
  }
  if (masked) masked_.insert(members.begin(), members.end());
}

/// Makes the adjoints of `members`. They read each other, so all ids are given first; then each gets its sum, and the
/// nodes their order: the adjoints of later members first, before each the sums that it reads.
Recurrence Backward::reversed(const Recurrence& recurrence, const std::vector<NodeId>& members) {
  uint32_t first = graph_.nodes.size();
  for (NodeId member : members) adjoints_[member] = add_adjoint(member, constant(0));
  std::map<NodeId, std::vector<MadeNode>> made;
  for (NodeId reader : members)
    for (NodeId read : members) {
      std::vector<MadeNode> sums = pass_on(reader, [&](NodeId source) { return source == read; });
      made[read].insert(made[read].end(), sums.begin(), sums.end());
    }

  Recurrence result{{}, {}, recurrence.extent, !recurrence.backward};
  std::vector<NodeId> order;
  auto place = [&](NodeId node, uint32_t axis) {
    result.members.push_back(NodeId{static_cast<uint32_t>(first + order.size())});
    result.axis.push_back(axis);
    order.push_back(node);
  };
  for (size_t number = members.size(); number-- > 0;) {
    NodeId member = members[number];
    size_t position =
        std::find(recurrence.members.begin(), recurrence.members.end(), member) - recurrence.members.begin();
    uint32_t axis = recurrence.axis[position];
    for (const MadeNode& sum : made[member]) place(sum.node, axis_along(sum, axis));
    place(adjoints_[member], axis);
    std::get<Comprehension>(graph_[adjoints_[member]].kind).body = sum_of(contributions_[member]);
  }
  std::vector<NodeId> all;
  for (uint32_t node = 0; node < first; ++node) all.push_back(NodeId{node});
  all.insert(all.end(), order.begin(), order.end());
  graph_ = in_order(graph_, all);
  for (NodeId member : members) {
    size_t position = std::find(order.begin(), order.end(), adjoints_[member]) - order.begin();
    adjoints_[member] = NodeId{static_cast<uint32_t>(first + position)};
  }
  return result;
}

}  // namespace dnnc
