#pragma once
#include <string>
#include <vector>

#include "compiler/interpret/interpret.h"

namespace dnnc {

/// A value for every input, drawn by `seed`: real numbers in [low, high), labels.
Inputs inputs_between(const Graph& graph, uint64_t seed, double low, double high);

/// The graph with outputs `gradient of NAME` for its real inputs that a path with a derivative joins to node %loss.
Graph with_gradients(Graph graph);

/// Differentiates %loss by all its real inputs. What comes out must verify, and agree with differences of the loss, both
/// after `differentiate` alone and after all passes.
void expect_gradients(const std::string& text, uint64_t seed = 1, double low = -1, double high = 1);
void expect_gradients(const Graph& graph, const Inputs& inputs);

}  // namespace dnnc
