#pragma once
#include "runtime/run/checkpoint.h"
#include "runtime/run/trainer.h"

namespace dnnc::runtime {

/// What a training came to.
struct TrainResult {
  Numbers train, validation;                ///< of the weights that are kept
  std::optional<double> seconds_per_epoch;  ///< of the steps that were made here, if there were any
  int64_t epochs = 0;                       ///< epochs run
  bool checkpointed = true;                 ///< what there is to go on from is kept, if it was wanted
  bool ended =
      false;  ///< else a signal has come, or nobody reads the output: the weights are those of the last whole step
};

/// How training goes on from what was before and after what is now.
struct Continuing {
  const TrainState* from = nullptr;    ///< a state to go on from
  Checkpoints* checkpoints = nullptr;  ///< written when they are due, and when training ends for whatever reason
};

/// Trains from the machine's present weights to the end, or until `interrupted()`; then the best weights are in the
/// machine if the program keeps them. Throws as Trainer::step() does, with the best weights too.
TrainResult train(Machine& machine, const DataSet& data, const RunOptions& options, Report& report,
                  const Continuing& continuing = {});

}  // namespace dnnc::runtime
