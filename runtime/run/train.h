#pragma once
#include "runtime/data/dataset.h"
#include "runtime/program/machine.h"
#include "runtime/run/evaluate.h"
#include "runtime/run/options.h"
#include "runtime/run/report.h"

namespace dnnc::runtime {

/// What a training came to.
struct TrainResult {
  Numbers train, validation;  ///< of the weights that are kept
  double seconds_per_epoch = 0;
  int64_t epochs = 0;        ///< epochs run
  Settings settings;         ///< of the last epoch
  bool interrupted = false;  ///< by SIGINT or SIGTERM: the weights are those of the last whole step
};

/// Trains from the machine's present weights. Throws Failure(exit_not_met) when the loss or a gradient is not finite; the
/// weights are then those before the step.
TrainResult train(Machine& machine, const DataSet& data, const RunOptions& options, Report& report);

}  // namespace dnnc::runtime
