#include "compiler/passes/insert_nodes.h"

#include "compiler/support/check.h"

namespace dnnc {
namespace {

void extend(Recurrence& recurrence, const Insertions& before) {
  Recurrence extended{{}, {}, recurrence.extent, recurrence.backward};
  auto add = [&](NodeId member, uint32_t axis) {
    extended.members.push_back(member);
    extended.axis.push_back(axis);
  };
  for (size_t place = 0; place < recurrence.members.size(); ++place) {
    auto inserted = before.find(recurrence.members[place]);
    if (inserted != before.end())
      for (NodeId node : inserted->second) add(node, recurrence.axis[place]);
    add(recurrence.members[place], recurrence.axis[place]);
  }
  recurrence = std::move(extended);
}

}  // namespace

void reorder_nodes(Graph& graph, uint32_t first, const std::vector<NodeId>& order) {
  check(first + order.size() == graph.nodes.size(), "insert_nodes: a node has no place");
  std::map<NodeId, NodeId> place;
  std::vector<Node> nodes;
  for (NodeId old : order) {
    place[old] = NodeId{static_cast<uint32_t>(first + nodes.size())};
    nodes.push_back(graph[old]);
  }
  auto renamed = [&](NodeId id) { return place.contains(id) ? place.at(id) : id; };
  for (size_t number = 0; number < nodes.size(); ++number) {
    graph[NodeId{static_cast<uint32_t>(first + number)}] = rename_sources(std::move(nodes[number]), renamed);
  }
  for (Recurrence& recurrence : graph.recurrences)
    for (NodeId& member : recurrence.members) member = renamed(member);
  for (Output& output : graph.outputs) {
    output.node = renamed(output.node);
    output.target = renamed(output.target);
  }
}

Graph insert_nodes(Graph graph, const Insertions& before) {
  size_t added = 0;
  for (const auto& [node, inserted] : before) added += inserted.size();
  std::vector<NodeId> order;
  for (uint32_t id = 0; id < graph.nodes.size() - added; ++id) {
    auto inserted = before.find(NodeId{id});
    if (inserted != before.end()) order.insert(order.end(), inserted->second.begin(), inserted->second.end());
    order.push_back(NodeId{id});
  }
  for (Recurrence& recurrence : graph.recurrences) extend(recurrence, before);
  reorder_nodes(graph, 0, order);
  return graph;
}

}  // namespace dnnc
