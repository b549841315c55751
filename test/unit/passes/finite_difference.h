#pragma once
#include <string>
#include <vector>

#include "compiler/interpret/interpret.h"

namespace dnnc {

/// Numbers for every input, drawn from `seed`: real ones in [low, high), labels among their classes.
Inputs inputs_between(const Graph& graph, uint64_t seed, double low, double high);

/// The graph with outputs `gradient of NAME` for its real inputs that a path with a derivative joins to node %loss.
Graph with_gradients(Graph graph);

/// Differentiates %loss of the text by all its real inputs; the result must verify, and each element of each gradient
/// must agree with central differences (two steps, extrapolated) to a relative error of 1e-6.
void expect_gradients(const std::string& text, uint64_t seed = 1, double low = -1, double high = 1);
void expect_gradients(const Graph& graph, const Inputs& inputs);

}  // namespace dnnc
