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

/// What the training loop gives step `step`, counted from 0, of `steps` that `epochs` share evenly. Settings: `step`
/// and `epoch` count from 1, `count` is the whole batch of `train`, `rate_scale` 1.
Inputs step_settings(const Graph& train, int64_t step, int64_t steps, int64_t epochs, double seed);

/// Adds to `kept` the running averages of `train` that it lacks: each starts as its parameter.
void start_averages(const Graph& train, Inputs& kept);

/// Trains with the interpreter: step k (from 0) takes batches[k % size] as the fields, and its updates are the inputs
/// of the next. `kept` is the start. A batch may also give settings, like the `count` of a last, smaller one. `train` has
/// no Gradient nodes.
ReferenceTraining reference_train(const Graph& train, Inputs kept, const std::vector<Inputs>& batches, int64_t steps,
                                  double seed, int64_t epochs = 1);

}  // namespace dnnc
