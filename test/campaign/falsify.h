#pragma once
#include "compiler/ir/graph.h"

namespace dnnc::campaign {

/// The graph with one sum of its last formula that has any turned into a difference: a control of the checks, which must
/// find it wherever it matters.
Graph falsified(Graph graph);

}  // namespace dnnc::campaign
