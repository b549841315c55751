#pragma once
#include "runtime/run/trainer.h"

namespace dnnc::runtime {

/// What a training came to.
struct TrainResult {
  Numbers train, validation;  ///< of the weights that are kept
  double seconds_per_epoch = 0;
  int64_t epochs = 0;        ///< epochs run
  Settings settings;         ///< of the last epoch
  bool interrupted = false;  ///< by SIGINT or SIGTERM: the weights are those of the last whole step
};

/// Trains from the machine's present weights to the end, or until it is interrupted; then the best weights are in the
/// machine if the program keeps them. Throws as Trainer::step() does.
TrainResult train(Machine& machine, const DataSet& data, const RunOptions& options, Report& report);

}  // namespace dnnc::runtime
