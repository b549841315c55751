#include <algorithm>

#include "compiler/passes/differentiate/backward.h"
#include "compiler/passes/formulas/insert_nodes.h"
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

/// Lets what reads the keys of `replacement` read their values.
void read_instead(Graph& graph, const std::map<NodeId, NodeId>& replacement) {
  auto stands = [&](NodeId node) { return replacement.contains(node) ? replacement.at(node) : node; };
  for (NodeId node : node_ids(graph)) graph[node] = rename_sources(graph[node], stands);
  for (Output& output : graph.outputs) output.node = stands(output.node);
}

/// A node that the adjoint of a reduction reads stands beside the reduction, as both run over the same elements; of a
/// recurrence after all of its members.
NodeId place_after(const Graph& graph, NodeId node) {
  for (const Recurrence& recurrence : graph.recurrences)
    if (std::find(recurrence.members.begin(), recurrence.members.end(), node) != recurrence.members.end())
      return recurrence.members.back();
  return node;
}

/// Makes the adjoints of one loss before the first of its gradients, and lets them stand for all of these.
Graph differentiate_loss(Graph graph, NodeId loss) {
  std::vector<NodeId> gradients = gradients_of(graph, loss), targets;
  for (NodeId gradient : gradients) targets.push_back(gradient_at(graph, gradient)->of);
  uint32_t first_added = graph.nodes.size();
  Backward backward(graph, loss, targets);
  backward.run();
  std::map<NodeId, NodeId> adjoints;
  for (size_t place = 0; place < targets.size(); ++place) adjoints[gradients[place]] = backward.adjoint(targets[place]);

  NodeChanges changes;
  changes.dropped.insert(gradients.begin(), gradients.end());
  std::set<NodeId> beside;
  for (const auto& [node, helpers] : backward.helpers()) {
    std::vector<NodeId>& after = changes.after[place_after(graph, node)];
    after.insert(after.end(), helpers.begin(), helpers.end());
    beside.insert(helpers.begin(), helpers.end());
  }
  for (uint32_t node = first_added; node < graph.nodes.size(); ++node)
    if (!beside.contains(NodeId{node})) changes.before[gradients.front()].push_back(NodeId{node});
  read_instead(graph, adjoints);
  return insert_nodes(std::move(graph), changes);
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
