#include "compiler/kernels/updates.h"

#include <algorithm>

#include "compiler/kernels/access.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

/// By number: the group that writes each node, and the last one that reads each root node.
struct Traffic {
  std::map<NodeId, size_t> writer, last_reader;
};

Traffic traffic_of(const Graph& graph, const std::vector<Group>& groups) {
  Traffic traffic;
  for (size_t number = 0; number < groups.size(); ++number) {
    for (NodeId node : groups[number].outputs) traffic.writer[node] = number;
    for (NodeId node : groups[number].nodes)
      for (NodeId source : sources_of(graph, node)) traffic.last_reader[root_of(graph, source)] = number;
  }
  return traffic;
}

/// Whether the group that writes `node` may write it over `target`: no later group needs the old value.
bool may_overwrite(const Graph& graph, const std::vector<Group>& groups, const Traffic& traffic, NodeId node,
                   NodeId target) {
  const auto writer = traffic.writer.find(node);
  check(writer != traffic.writer.end(), "plan: no kernel writes the new value of " + graph[target].name);
  const auto reader = traffic.last_reader.find(target);
  if (reader != traffic.last_reader.end() && reader->second > writer->second) return false;
  return overwrites_by_element(graph, groups[writer->second].nodes, node, target);
}

}  // namespace

UpdatePlan plan_updates(const Graph& graph, const std::vector<Group>& groups) {
  const std::vector<bool> early = needed_before_updates(graph);
  const Traffic traffic = traffic_of(graph, groups);
  UpdatePlan result;
  for (const Output& output : graph.outputs) {
    if (output.role != OutputRole::Update) continue;
    const NodeId node = root_of(graph, output.node);
    if (node == output.target) continue;  // keeps its value
    if (input_of(graph, node)) {
      if (std::find(result.saved.begin(), result.saved.end(), node) == result.saved.end()) result.saved.push_back(node);
      result.copies.emplace_back(node, output.target);
    } else if (!early[node.value] && !result.direct.contains(node) &&
               may_overwrite(graph, groups, traffic, node, output.target)) {
      result.direct[node] = output.target;
    } else {
      result.copies.emplace_back(node, output.target);
    }
  }
  return result;
}

}  // namespace dnnc
