#pragma once
#include <map>
#include <set>
#include <vector>

#include "compiler/ir/graph.h"

namespace dnnc {

/// For a node added ones, in their order.
using Insertions = std::map<NodeId, std::vector<NodeId>>;

/// Where the nodes belong that were added at the end of a graph, and what is no longer read.
struct NodeChanges {
  Insertions before;  ///< before a member of a recurrence: as members, which run along the same axis as it
  Insertions after;   ///< after the last member of a recurrence, not between members
  std::set<NodeId> dropped;
};

/// The graph with added nodes in their places.
Graph insert_nodes(Graph graph, const NodeChanges& changes);

/// Every node behind those that it reads, the members of a recurrence together, otherwise in the order that they have.
std::vector<NodeId> readable_order(const Graph& graph);

/// The nodes of `order` in that order; they read each other only.
Graph in_order(const Graph& graph, const std::vector<NodeId>& order);

}  // namespace dnnc
