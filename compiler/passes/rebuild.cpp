#include "compiler/passes/rebuild.h"

#include "compiler/support/check.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

Node renamed(Node node, const Placement& placement) {
  auto place = [&](NodeId old) { return placement.at(old); };
  std::visit(match{[](Input&) {},
                   [&](Comprehension& comprehension) { comprehension.body = rename_nodes(comprehension.body, place); },
                   [&](Reshape& reshape) { reshape.source = place(reshape.source); },
                   [&](Gradient& gradient) { gradient = {place(gradient.loss), place(gradient.of)}; }},
             node.kind);
  return node;
}

/// Members stand next to each other and may read later ones, so all get their places with the first.
Recurrence begun(const Recurrence& old, uint32_t first, Placement& placement) {
  Recurrence recurrence = old;
  for (NodeId& member : recurrence.members) {
    placement[member] = NodeId{first};
    member = NodeId{first++};
  }
  return recurrence;
}

}  // namespace

Graph rebuild(const Graph& old, const MakeNode& make) {
  Graph graph;
  graph.name = old.name;
  Placement placement;
  for (NodeId id : node_ids(old)) {
    for (const Recurrence& recurrence : old.recurrences)
      if (recurrence.members.front() == id)
        graph.recurrences.push_back(begun(recurrence, graph.nodes.size(), placement));
    bool member = placement.contains(id);
    NodeId made = make(graph, renamed(old[id], placement), id, placement);
    check(!member || placement.at(id) == made, "rebuild: a node was added within a recurrence");
    placement[id] = made;
  }
  for (Output output : old.outputs) {
    output.node = placement.at(output.node);
    if (output.target.valid()) output.target = placement.at(output.target);
    graph.outputs.push_back(std::move(output));
  }
  return graph;
}

}  // namespace dnnc
