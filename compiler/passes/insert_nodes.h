#pragma once
#include <map>
#include <vector>

#include "compiler/ir/graph.h"

namespace dnnc {

/// For a node the added ones that belong before it, in their order.
using Insertions = std::map<NodeId, std::vector<NodeId>>;

/// The graph with the nodes that were added at its end in their places. Those that belong before a member of a
/// recurrence become members, which run along the same axis as it.
Graph insert_nodes(Graph graph, const Insertions& before);

/// Gives the nodes from `first` on the order `order`; what reads them follows.
void reorder_nodes(Graph& graph, uint32_t first, const std::vector<NodeId>& order);

}  // namespace dnnc
