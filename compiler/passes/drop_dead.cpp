#include "compiler/ir/keep_nodes.h"
#include "compiler/passes/passes.h"

namespace dnnc {

Graph drop_dead(Graph graph) {
  Replacement live;
  for (size_t node = 0; node < graph.nodes.size(); ++node) live.push(NodeId{});
  std::vector<NodeId> open;
  auto reach = [&](NodeId node) {
    if (live[node].valid()) return;
    live[node] = node;
    open.push_back(node);
  };
  for (const Output& output : graph.outputs) {
    reach(output.node);
    if (output.target.valid()) reach(output.target);
  }
  while (!open.empty()) {
    NodeId node = open.back();
    open.pop_back();
    for (NodeId source : sources_of(graph, node)) reach(source);
  }
  return keep_nodes(graph, live);
}

}  // namespace dnnc
