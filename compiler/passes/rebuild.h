#pragma once
#include <functional>
#include <map>

#include "compiler/ir/graph.h"

namespace dnnc {

/// The new id of each node of the old graph that has one by now.
using Placement = std::map<NodeId, NodeId>;

/// Puts a node into the new graph and gives its id. `node` is that of the old graph with its sources renamed. Further
/// nodes may be added before it, but not within a recurrence.
using MakeNode = std::function<NodeId(Graph& graph, Node node, NodeId old, const Placement& placement)>;

/// Builds a graph from another node by node, in order; outputs and recurrences follow.
Graph rebuild(const Graph& old, const MakeNode& make);

}  // namespace dnnc
