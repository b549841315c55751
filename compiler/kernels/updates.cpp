#include "compiler/kernels/updates.h"

#include <algorithm>

#include "compiler/kernels/access.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

/// The group that writes `node`, or groups.size().
size_t writer_of(const std::vector<Group>& groups, NodeId node) {
  for (size_t number = 0; number < groups.size(); ++number) {
    const auto& outputs = groups[number].outputs;
    if (std::find(outputs.begin(), outputs.end(), node) != outputs.end()) return number;
  }
  return groups.size();
}

bool reads(const Graph& graph, const Group& group, NodeId target) {
  return std::any_of(group.nodes.begin(), group.nodes.end(), [&](NodeId node) {
    const auto sources = sources_of(graph, node);
    return std::any_of(sources.begin(), sources.end(), [&](NodeId s) { return root_of(graph, s) == target; });
  });
}

/// Whether the group that writes `node` may write it over `target`: no later group, and no output that is looked at
/// after the updates, needs the old value.
bool may_overwrite(const Graph& graph, const std::vector<Group>& groups, NodeId node, NodeId target) {
  const size_t writer = writer_of(groups, node);
  check(writer < groups.size(), "plan: no kernel writes the new value of " + graph[target].name);
  if (!overwrites_by_element(graph, groups[writer].nodes, node, target)) return false;
  for (size_t later = writer + 1; later < groups.size(); ++later)
    if (reads(graph, groups[later], target)) return false;
  return true;
}

}  // namespace

UpdatePlan plan_updates(const Graph& graph, const std::vector<Group>& groups) {
  const std::vector<bool> early = needed_before_updates(graph);
  UpdatePlan result;
  for (const Output& output : graph.outputs) {
    if (output.role != OutputRole::Update) continue;
    const NodeId node = root_of(graph, output.node);
    if (node == output.target) continue;  // keeps its value
    if (input_of(graph, node)) {
      if (std::find(result.saved.begin(), result.saved.end(), node) == result.saved.end()) result.saved.push_back(node);
      result.copies.emplace_back(node, output.target);
    } else if (!early[node.value] && !result.direct.contains(node) &&
               may_overwrite(graph, groups, node, output.target)) {
      result.direct[node] = output.target;
    } else {
      result.copies.emplace_back(node, output.target);
    }
  }
  return result;
}

}  // namespace dnnc
