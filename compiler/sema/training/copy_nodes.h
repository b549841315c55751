#pragma once
#include <unordered_map>
#include <vector>

#include "compiler/ir/graph.h"

namespace dnnc {

/// Which node of another graph stands for a node.
using NodeMap = std::unordered_map<NodeId, NodeId>;

/// Copies what `roots` need from one graph into another, in order, and adds the copies to `known`. Nodes in `known`
/// are not copied, nor what only they need: their stand-ins are read instead.
void copy_nodes(const Graph& from, Graph& to, const std::vector<NodeId>& roots, NodeMap& known);

}  // namespace dnnc
