#include <map>

#include "compiler/passes/backward.h"
#include "compiler/passes/passes.h"
#include "compiler/passes/rebuild.h"

namespace dnnc {
namespace {

/// What the gradients of `loss` are by. A node that is not placed yet stands after the loss, which cannot depend on it.
std::vector<NodeId> targets_of(const Graph& old, NodeId loss, const Placement& placement) {
  std::vector<NodeId> targets;
  for (const Node& node : old.nodes) {
    const auto* gradient = std::get_if<Gradient>(&node.kind);
    if (gradient && gradient->loss == loss && placement.contains(gradient->of))
      targets.push_back(placement.at(gradient->of));
  }
  return targets;
}

}  // namespace

/// The adjoints of a loss are made with its first gradient.
Graph differentiate(Graph old) {
  std::map<NodeId, Backward> losses;
  return rebuild(old, [&](Graph& graph, Node node, NodeId id, const Placement& placement) {
    const auto* gradient = std::get_if<Gradient>(&node.kind);
    if (!gradient) return graph.nodes.push(std::move(node));
    NodeId loss = std::get<Gradient>(old[id].kind).loss;
    auto known = losses.find(loss);
    if (known == losses.end()) {
      known = losses.emplace(loss, Backward(graph, gradient->loss, targets_of(old, loss, placement))).first;
      known->second.run();
    }
    return known->second.adjoint(gradient->of);
  });
}

}  // namespace dnnc
