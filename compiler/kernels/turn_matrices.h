#pragma once
#include "compiler/ir/graph.h"

namespace dnnc {

/// A graph of the same values in which members of recurrences multiply by matrices whose elements lie as those of the result do:
/// others are turned once, before the loop, not by each trip.
Graph turn_matrices(Graph graph);

}  // namespace dnnc
