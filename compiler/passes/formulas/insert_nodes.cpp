#include "compiler/passes/formulas/insert_nodes.h"

#include <algorithm>
#include <set>

#include "compiler/support/check.h"

namespace dnnc {
namespace {

const std::vector<NodeId>& listed(const Insertions& insertions, NodeId node) {
  static const std::vector<NodeId> none;
  auto found = insertions.find(node);
  return found == insertions.end() ? none : found->second;
}

void extend(Recurrence& recurrence, const Insertions& before) {
  Recurrence extended{{}, {}, recurrence.extent, recurrence.backward};
  auto add = [&](NodeId member, uint32_t axis) {
    extended.members.push_back(member);
    extended.axis.push_back(axis);
  };
  for (size_t place = 0; place < recurrence.members.size(); ++place) {
    for (NodeId node : listed(before, recurrence.members[place])) add(node, recurrence.axis[place]);
    add(recurrence.members[place], recurrence.axis[place]);
  }
  recurrence = std::move(extended);
}

size_t count_of(const Insertions& insertions) {
  size_t count = 0;
  for (const auto& [node, added] : insertions) count += added.size();
  return count;
}

}  // namespace

std::vector<NodeId> readable_order(const Graph& graph) {
  std::map<NodeId, const Recurrence*> recurrences;
  for (const Recurrence& recurrence : graph.recurrences)
    for (const NodeId member : recurrence.members) recurrences[member] = &recurrence;
  std::vector<NodeId> order;
  std::set<NodeId> placed;
  std::vector<std::pair<NodeId, bool>> pending;
  const std::vector<NodeId> nodes = node_ids(graph);
  for (const NodeId node : nodes) {
    pending.emplace_back(node, false);
    while (!pending.empty()) {
      const auto [next, ready] = pending.back();
      pending.pop_back();
      if (placed.contains(next)) continue;
      const auto recurrence = recurrences.find(next);
      const std::vector<NodeId> together =
          recurrence == recurrences.end() ? std::vector<NodeId>{next} : recurrence->second->members;
      if (ready) {
        order.insert(order.end(), together.begin(), together.end());
        placed.insert(together.begin(), together.end());
        continue;
      }
      pending.emplace_back(next, true);
      for (const NodeId member : together)
        for (const NodeId source : sources_of(graph, member))
          if (!placed.contains(source) && std::ranges::count(together, source) == 0)
            pending.emplace_back(source, false);
    }
  }
  return order;
}

Graph in_order(const Graph& graph, const std::vector<NodeId>& order) {
  std::map<NodeId, NodeId> place;
  for (uint32_t number = 0; number < order.size(); ++number) place[order[number]] = NodeId{number};
  auto placed = [&](NodeId id) {
    auto found = place.find(id);
    check(found != place.end(), "insert_nodes: `" + graph[id].name + "` has no place, but is read");
    return found->second;
  };
  Graph result;
  result.name = graph.name;
  for (NodeId id : order) result.nodes.push(rename_sources(graph[id], placed));
  for (Recurrence recurrence : graph.recurrences) {
    for (NodeId& member : recurrence.members) member = placed(member);
    result.recurrences.push_back(std::move(recurrence));
  }
  for (Output output : graph.outputs) {
    output.node = placed(output.node);
    if (output.target.valid()) output.target = placed(output.target);
    result.outputs.push_back(std::move(output));
  }
  return result;
}

Graph insert_nodes(Graph graph, const NodeChanges& changes) {
  size_t added = count_of(changes.before) + count_of(changes.after);
  std::vector<NodeId> order;
  auto add_all = [&](const std::vector<NodeId>& nodes) { order.insert(order.end(), nodes.begin(), nodes.end()); };
  for (uint32_t id = 0; id < graph.nodes.size() - added; ++id) {
    add_all(listed(changes.before, NodeId{id}));
    if (!changes.dropped.contains(NodeId{id})) order.push_back(NodeId{id});
    add_all(listed(changes.after, NodeId{id}));
  }
  for (Recurrence& recurrence : graph.recurrences) extend(recurrence, changes.before);
  return in_order(graph, order);
}

}  // namespace dnnc
