#pragma once
#include <vector>

#include "compiler/sema/training/forward_graph.h"

namespace dnnc {

struct Updates {
  std::vector<std::string> optimizers;  ///< the optimizer of each parameter of the net; empty for states
  std::vector<ParameterRecord> states;  ///< of optimizers
};

/// Adds gradients, clipping, optimizers, averages and the new values of layers' states to a graph with a loss, as
/// outputs. Reports parameters that need a gradient and have none; std::nullopt after an error.
std::optional<Updates> add_updates(Forward& forward, const Run& run);

}  // namespace dnnc
