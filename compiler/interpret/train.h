#pragma once
#include <vector>

#include "compiler/interpret/interpret.h"

namespace dnnc {

/// What training in float64 gives: the loss before each step, and all that is kept with the model, by name.
struct ReferenceTraining {
  std::vector<double> losses;
  Inputs kept;  ///< parameters, states, optimizer states, averages
};

/// Starting values: the outputs of an Initial graph by name. `seed` is its only input.
Inputs reference_start(const Graph& initial, double seed);

/// Trains with the interpreter: step k (from 0) takes batches[k % size] as the fields, and its updates are the inputs
/// of the next. `kept` is the start; a running average that has none starts as its parameter. Settings: `step` counts
/// from 1, `seed` is given, `steps` is the number of steps, `count` the whole batch, `rate_scale` 1, `epoch` and
/// `epochs` 1. `train` has no Gradient nodes.
ReferenceTraining reference_train(const Graph& train, Inputs kept, const std::vector<Inputs>& batches, int64_t steps,
                                  double seed);

}  // namespace dnnc
