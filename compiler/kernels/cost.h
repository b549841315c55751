#pragma once
#include "compiler/ir/graph.h"

namespace dnnc {

/// Rough numbers of scalar operations, to tell small things from large ones.

/// To compute a node once: one for each load and each cheap function, more for transcendental functions and draws.
int64_t work_of(const Graph& graph, NodeId node);
/// To compute one value of its formula: a measure of the code it takes.
int64_t work_of_value(const Graph& graph, NodeId node);
/// How many elements of `source` are read while all of `reader` is computed.
int64_t reads_of(const Graph& graph, NodeId reader, NodeId source);

}  // namespace dnnc
