#include "compiler/check_gradients/paths.h"

#include <algorithm>

namespace dnnc {

Paths::Paths(const Graph& graph)
    : graph_(graph), sources_(graph.nodes.size()), readers_(graph.nodes.size()), terms_(graph.nodes.size(), 1) {
  for (NodeId id : node_ids(graph)) {
    sources_[id.value] = sources_of(graph, id);
    for (NodeId source : sources_[id.value]) readers_[source.value].push_back(id);
    for (const Axis& axis : all_axes(graph[id])) terms_[id.value] *= axis.extent;
  }
  for (const Recurrence& recurrence : graph.recurrences)
    for (size_t member = 0; member < recurrence.members.size(); ++member) {
      const NodeId next = recurrence.members[(member + 1) % recurrence.members.size()];
      for (Neighbours* neighbours : {&sources_, &readers_})
        (*neighbours)[recurrence.members[member].value].push_back(next);
    }
}

std::vector<NodeId> Paths::reached(NodeId from, const Neighbours& next, const std::vector<bool>* within) const {
  std::vector<NodeId> found = {from};
  std::vector<bool> seen(graph_.nodes.size(), false);
  seen[from.value] = true;
  for (size_t place = 0; place < found.size(); ++place)
    for (NodeId node : next[found[place].value]) {
      if (seen[node.value] || (within && !(*within)[node.value])) continue;
      seen[node.value] = true;
      found.push_back(node);
    }
  return found;
}

std::vector<NodeId> Paths::between(NodeId changed, NodeId wanted) {
  auto [needed, fresh] = needed_.try_emplace(wanted, graph_.nodes.size(), false);
  if (fresh)
    for (NodeId node : reached(wanted, sources_, nullptr)) needed->second[node.value] = true;
  std::vector<NodeId> result = reached(changed, readers_, &needed->second);
  result.erase(result.begin());
  std::ranges::sort(result);
  return result;
}

int64_t Paths::terms_of(const std::vector<NodeId>& nodes) const {
  int64_t terms = 0;
  for (NodeId node : nodes) terms += terms_[node.value];
  return terms;
}

}  // namespace dnnc
