#pragma once
#include <map>
#include <vector>

#include "compiler/kernels/kernel.h"

namespace dnnc {

/// How the updates of a graph reach the inputs they change.
struct UpdatePlan {
  /// Nodes that are computed straight into the buffer of the input they are the new value of.
  std::map<NodeId, NodeId> direct;
  /// The others: first `saved`, inputs that are the new value of another input, are copied to memory of their own before
  /// anything is stored; then, after all groups, `copies` are made from a node to the input.
  std::vector<NodeId> saved;
  std::vector<std::pair<NodeId, NodeId>> copies;
};

/// Decides for each update of `graph`, whose groups run in the given order.
UpdatePlan plan_updates(const Graph& graph, const std::vector<Group>& groups);

}  // namespace dnnc
