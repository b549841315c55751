#include "compiler/sema/training/copy_nodes.h"

#include <algorithm>
#include <set>

#include "compiler/support/match.h"

namespace dnnc {
namespace {

/// In the order of the graph. Of a recurrence all members are needed or none.
std::set<NodeId> needed_nodes(const Graph& from, const std::vector<NodeId>& roots, const NodeMap& known) {
  std::set<NodeId> needed;
  std::vector<NodeId> pending;
  auto visit = [&](NodeId node) {
    if (!known.contains(node) && needed.insert(node).second) pending.push_back(node);
  };
  for (NodeId root : roots) visit(root);
  while (!pending.empty()) {
    NodeId node = pending.back();
    pending.pop_back();
    for (NodeId source : sources_of(from, node)) visit(source);
    for (const Recurrence& group : from.recurrences)
      if (std::find(group.members.begin(), group.members.end(), node) != group.members.end())
        for (NodeId member : group.members) visit(member);
  }
  return needed;
}

Expr renamed(const Expr& root, const NodeMap& known) {
  return rewrite(root, [&](const Expr& expression) -> Expr {
    if (const auto* old = std::get_if<Load>(&expression->kind))
      return load(known.at(old->source), old->at, old->outside);
    if (const auto* old = std::get_if<Draw>(&expression->kind)) {
      Draw copy = *old;
      for (const auto setting : draw_settings)
        if ((old->*setting).valid()) copy.*setting = known.at(old->*setting);
      if (const auto* node = std::get_if<NodeId>(&old->stream)) copy.stream = known.at(*node);
      return draw(copy);
    }
    return expression;
  });
}

Node renamed(Node node, const NodeMap& known) {
  std::visit(match{
                 [](Input&) {},
                 [&](Comprehension& formula) { formula.body = renamed(formula.body, known); },
                 [&](Reshape& reshape) { reshape.source = known.at(reshape.source); },
                 [&](Gradient& gradient) {
                   gradient.loss = known.at(gradient.loss);
                   gradient.of = known.at(gradient.of);
                 },
             },
             node.kind);
  return node;
}

}  // namespace

void copy_nodes(const Graph& from, Graph& to, const std::vector<NodeId>& roots, NodeMap& known) {
  std::set<NodeId> needed = needed_nodes(from, roots, known);
  uint32_t next = static_cast<uint32_t>(to.nodes.size());
  for (NodeId node : needed) known[node] = NodeId{next++};
  for (NodeId node : needed) to.nodes.push(renamed(from[node], known));
  for (const Recurrence& group : from.recurrences) {
    if (!needed.contains(group.members.front())) continue;
    Recurrence copy = group;
    for (NodeId& member : copy.members) member = known.at(member);
    to.recurrences.push_back(std::move(copy));
  }
}

}  // namespace dnnc
