#pragma once
#include <vector>

#include "compiler/kernels/kernel.h"

namespace dnnc {

/// Computes cheap nodes again in each group that reads them, where what they are made of is in memory anyway: the
/// activation of a convolution from the sum that its gradient needs too. Saves writing and reading the node. Runs last:
/// the groups and their order stay.
void recompute_cheap_nodes(const Graph& graph, std::vector<Group>& groups);

}  // namespace dnnc
