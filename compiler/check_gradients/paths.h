#pragma once
#include <map>
#include <vector>

#include "compiler/ir/graph.h"

namespace dnnc {

/// Through which nodes of a graph one reaches another. Made ready once, so that it is asked for thousands of inputs.
class Paths {
 public:
  /// The graph must outlive it.
  explicit Paths(const Graph& graph);

  /// The nodes that change with `changed` and that `wanted` needs, without `changed`, in ascending order; of a recurrence all
  /// or none.
  std::vector<NodeId> between(NodeId changed, NodeId wanted);
  /// The terms that are added up where all these nodes are computed.
  int64_t terms_of(const std::vector<NodeId>& nodes) const;

 private:
  using Neighbours = std::vector<std::vector<NodeId>>;  ///< of each node
  std::vector<NodeId> reached(NodeId from, const Neighbours& next, const std::vector<bool>* within) const;

  const Graph& graph_;
  /// Those of a recurrence are neighbours of each other either way.
  Neighbours sources_, readers_;
  std::vector<int64_t> terms_;
  std::map<NodeId, std::vector<bool>> needed_;  ///< by a node, asked for before
};

}  // namespace dnnc
