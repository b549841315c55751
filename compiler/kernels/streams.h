#pragma once
#include "compiler/ir/graph.h"

namespace dnnc {

/// The graph with the streams of its draws as inputs, which hold constants: what differs in them alone is one kernel.
Graph take_out_streams(Graph graph);

}  // namespace dnnc
