#include <algorithm>

#include "compiler/ir/keep_nodes.h"
#include "compiler/passes/backward.h"
#include "compiler/passes/insert_nodes.h"
#include "compiler/passes/passes.h"

namespace dnnc {
namespace {

const Gradient* gradient_at(const Graph& graph, NodeId node) { return std::get_if<Gradient>(&graph[node].kind); }

/// The gradients of one loss, in order.
std::vector<NodeId> gradients_of(const Graph& graph, NodeId loss) {
  std::vector<NodeId> result;
  for (NodeId node : node_ids(graph))
    if (gradient_at(graph, node) && gradient_at(graph, node)->loss == loss) result.push_back(node);
  return result;
}

/// Makes the adjoints of one loss before the first of its gradients, and lets them stand for all of these.
Graph differentiate_loss(Graph graph, NodeId loss) {
  std::vector<NodeId> gradients = gradients_of(graph, loss), targets, adjoints, added;
  for (NodeId gradient : gradients) targets.push_back(gradient_at(graph, gradient)->of);
  uint32_t first_added = graph.nodes.size();
  Backward backward(graph, loss, targets);
  backward.run();
  for (NodeId target : targets) adjoints.push_back(backward.adjoint(target));
  for (uint32_t node = first_added; node < graph.nodes.size(); ++node) added.push_back(NodeId{node});

  // What is inserted moves all that follows: the gradients, but not what they are replaced by, are found again.
  uint32_t first = gradients.front().value, count = added.size();
  auto moved = [&](NodeId node) {
    if (node.value >= first_added) return NodeId{node.value - first_added + first};
    return node.value < first ? node : NodeId{node.value + count};
  };
  graph = insert_nodes(std::move(graph), {{gradients.front(), added}});
  Replacement replacement;
  for (NodeId node : node_ids(graph)) replacement.push(node);
  for (size_t place = 0; place < gradients.size(); ++place)
    replacement[moved(gradients[place])] = moved(adjoints[place]);
  return keep_nodes(graph, replacement);
}

}  // namespace

Graph differentiate(Graph graph) {
  for (;;) {
    std::vector<NodeId> nodes = node_ids(graph);
    auto next = std::find_if(nodes.begin(), nodes.end(), [&](NodeId node) { return gradient_at(graph, node); });
    if (next == nodes.end()) return graph;
    NodeId loss = gradient_at(graph, *next)->loss;
    graph = differentiate_loss(std::move(graph), loss);
  }
}

}  // namespace dnnc
