#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "runtime/program/failure.h"
#include "runtime/run/evaluate.h"
#include "runtime/run/options.h"
#include "runtime/run/report.h"
#include "runtime/run/steps_ahead.h"
#include "runtime/run/train_state.h"

namespace dnnc::runtime {

/// Where the time of a step goes, for bench: seconds of its parts, added up over steps.
struct StepTimes {
  double gather = 0;   ///< examples are put into the batch
  double kernels = 0;  ///< all calls of kernels
  double guard = 0;    ///< every gradient is looked at
  double clock = 0;    ///< one look at the clock: nothing is done; each part has one more in it, kernels two
};

/// Something has become what is not finite. It says where, and which weights are left: the best where some are kept.
class Diverged : public Failure {
 public:
  using Failure::Failure;
};

/// Training, step by step, from the machine's present weights. What it has come to can be taken away as a TrainState after
/// any step and given to another trainer of the same program, which goes on with the same bits.
class Trainer {
 public:
  Trainer(Machine& machine, const DataSet& data, const RunOptions& options, Report& report);

  /// Takes a step; the last one of an epoch validates, watches and reports too. False once training has ended, with the
  /// last epoch or early. Throws Diverged(exit_not_met) when the loss or a gradient is not finite, and what a Machine throws,
  /// where the weights are then those before the step, but for a HalfStored; also when weights that are to be kept are not
  /// finite; Interrupted in the middle of a validation.
  bool step();
  /// As a step() that does not judge: nothing is validated, watched and reported at the end of an epoch. Adds up times if
  /// there is a place for them. For bench.
  void step_alone(StepTimes* times);

  /// Looks at what steps have given that a device was asked for ahead: steps_done() may then be less, where step() throws so late.
  void settle();
  /// Throws Diverged(exit_not_met) if a step has stored what is not finite.
  void expect_finite_weights() const;

  TrainState state() const;
  /// A state that was taken of a trainer with the same program, data and options.
  void restore(const TrainState& state);

  int64_t steps() const { return steps_; }  ///< of an epoch
  int64_t steps_done() const { return (state_.epoch - 1) * steps_ + state_.step; }
  bool ended() const { return state_.ended; }
  /// Loss and metrics of the last whole epoch; empty if there is none.
  Numbers train_numbers() const { return means_.finish(state_.last); }
  const Numbers& validation_numbers() const { return state_.validation; }
  int64_t epochs_done() const { return state_.epoch - 1; }
  /// Of the last epoch that has begun.
  const Settings& settings() const { return settings_; }
  /// What training has put aside as the best; its `kept` is empty if nothing is put aside.
  const BestEpoch& best() const { return state_.best; }
  /// Which epoch that was and why, a line; where something is put aside.
  std::string kept_epoch() const;

 private:
  using Clock = std::chrono::steady_clock;
  void begin_epoch();
  void take_step(StepTimes* times);
  void end_epoch();
  void record_step(int64_t valid);
  void count_epoch();
  bool stops_early(const Numbers& train);
  std::optional<double> rate_scale() const;
  void expect_finite() const;
  [[noreturn]] void stop_before_update(const Guard& found) const;
  std::string at_step(int64_t step) const;
  [[noreturn]] void stop_training(const std::string& when, const Tensor& found) const;
  void store();

  Machine& machine_;
  const DataSet& data_;
  Report& report_;
  const RunInfo& run_;
  const EntryInfo& entry_;
  Feeder feeder_;
  SettingPorts ports_;
  Means means_;
  std::unique_ptr<StepsAhead> ahead_;  ///< of a machine that runs ahead
  int64_t steps_;                      ///< of an epoch
  std::optional<Watch> keep_, anneal_, stop_;
  TrainState state_;  ///< but for what is kept, which is in the machine
  Settings settings_;
  std::vector<uint32_t> order_;  ///< in which this epoch takes the examples
  bool begun_ = false;           ///< the epoch
  bool judged_ = true;           ///< the last whole epoch, by what is watched
  bool seen_ = false;            ///< somebody reads what the epoch comes to
  Clock::time_point begin_;      ///< of an epoch that is seen
};

}  // namespace dnnc::runtime
