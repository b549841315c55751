#pragma once
#include <unordered_set>
#include <vector>

#include "compiler/ir/graph.h"

namespace dnnc {

using NodeSet = std::unordered_set<NodeId>;

/// The expressions directly inside through which a derivative flows. Comparisons, `floor`, subscripts and what a
/// stated derivative of 0 replaces have none.
std::vector<Expr> differentiable_parts(const Expression& expression);

/// The sources that a node reads along a path with a derivative, each once. Arg-maxima, labels and whole numbers have
/// none.
std::vector<NodeId> differentiable_sources(const Graph& graph, NodeId node);

/// The nodes that a path with a derivative joins to `root`, itself included.
NodeSet gradient_paths(const Graph& graph, NodeId root);

/// All nodes that the value of one of `roots` depends on, themselves included.
NodeSet dependencies(const Graph& graph, const std::vector<NodeId>& roots);

}  // namespace dnnc
