#pragma once
#include "compiler/ir/graph.h"

namespace dnnc {

/// Floating-point operations of a graph as written: every scalar function but a select is one, a step of a reduction
/// one more. Loads, subscripts and draws count nothing.
double flops(const Graph& graph);
double flops(const Node& node);

}  // namespace dnnc
