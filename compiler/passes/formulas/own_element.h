#pragma once
#include "compiler/ir/graph.h"

namespace dnnc {

/// The load of each element of a node at its own place.
Expr own_element(const Graph& graph, NodeId node);

}  // namespace dnnc
