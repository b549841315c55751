#pragma once
#include <unordered_set>

#include "compiler/ir/graph.h"

namespace dnnc {

using NodeSet = std::unordered_set<NodeId>;

/// The nodes that a path with a derivative joins to `root`, itself included. Comparisons, `floor`, arg-maxima,
/// subscripts, labels and whole numbers have none. Needed before differentiate exists: an error of the user's.
NodeSet gradient_paths(const Graph& graph, NodeId root);

/// All nodes that the value of one of `roots` depends on, themselves included.
NodeSet dependencies(const Graph& graph, const std::vector<NodeId>& roots);

}  // namespace dnnc
