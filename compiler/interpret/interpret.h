#pragma once
#include <map>
#include <string>
#include <vector>

#include "compiler/ir/graph.h"

namespace dnnc {

/// Values in row-major order, in float64.
using Values = std::vector<double>;

/// Runs a graph with straight loops in float64: the oracle of all tests. `inputs` has a value for every Input node,
/// by role-free name. Gives the values of all nodes; Gradient nodes are a fault. Updates are not stored: the caller
/// takes them from the outputs.
IdVector<NodeTag, Values> interpret(const Graph& graph, const std::map<std::string, Values>& inputs);

/// The draw of draws.md as a number in float64 from the same bits as the kernels use.
double draw_value(const Draw& draw, uint64_t seed, uint64_t step, uint64_t example, uint64_t element);

}  // namespace dnnc
