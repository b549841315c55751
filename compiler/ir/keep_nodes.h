#pragma once
#include "compiler/ir/graph.h"

namespace dnnc {

/// For each node the one that stands for it: itself, an earlier node, or an invalid id if it is dropped.
using Replacement = IdVector<NodeTag, NodeId>;

/// The graph of the nodes that stand for themselves, in their order, with new ids. What is read through a replaced node
/// is read from the node that stands for it; nothing that is kept may read a dropped node. Recurrences lose their
/// dropped members, and go when they have none.
Graph keep_nodes(const Graph& graph, const Replacement& replacement);

}  // namespace dnnc
