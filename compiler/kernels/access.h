#pragma once
#include <vector>

#include "compiler/ir/graph.h"

namespace dnnc {

/// How nodes read each other: what fuse and plan ask of a graph.

/// The node whose elements `node` shows: through Reshapes to an Input or Comprehension.
NodeId root_of(const Graph& graph, NodeId node);
/// The formula of a node, or nullptr for Inputs and Reshapes.
const Comprehension* formula_of(const Graph& graph, NodeId node);
const Input* input_of(const Graph& graph, NodeId node);
bool equal_extents(const Node& a, const Node& b);

/// All loads of a formula, those within subscripts and `outside` included.
std::vector<const Load*> loads_of(const Comprehension& formula);
/// Reads exactly the element at the place of the result: `x[i, j]` for the result `[i, j]`.
bool at_own_place(const Load& load);

/// A sum of a product of two loads.
bool is_contraction(const Comprehension& formula);

/// For each node the comprehensions and reshapes that read it, each once.
std::vector<std::vector<NodeId>> readers_of(const Graph& graph);
/// For each node whether an output other than an Update needs it: such nodes are computed before anything is stored. Of a
/// recurrence all or none.
std::vector<bool> needed_before_updates(const Graph& graph);

/// Whether `node` may be written over `target` while the group of `nodes` is computed: every load of `target` among
/// them is at the place of the result, in nodes that are computed point by point together with `node`.
bool overwrites_by_element(const Graph& graph, const std::vector<NodeId>& nodes, NodeId node, NodeId target);

}  // namespace dnnc
