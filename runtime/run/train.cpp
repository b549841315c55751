#include "runtime/run/train.h"

#include <chrono>
#include <new>

#include "runtime/files/streams.h"
#include "runtime/program/failure.h"
#include "runtime/program/interrupt.h"
#include "runtime/run/record.h"

namespace dnnc::runtime {
namespace {

using Clock = std::chrono::steady_clock;

/// Lines of the history that are lost are not written again by a training that goes on from the checkpoint: so they come first.
/// False if a signal came while nobody read what is a pipe.
bool write_checkpoint(Trainer& trainer, Checkpoints& checkpoints, Report& report) {
  trainer.settle();
  trainer.expect_finite_weights();
  report.sync_history();
  if (Record* const record = report.record()) record->keep_weights();
  try {
    checkpoints.write(trainer.state());
  } catch (const Interrupted&) {
    return false;
  }
  return true;
}

/// Steps until training ends, or somebody wants it to.
void take_steps(Trainer& trainer, Checkpoints* checkpoints, Report& report) {
  try {
    while (!interrupted() && !nobody_reads()) {
      const int64_t epochs = trainer.epochs_done();
      if (!trainer.step()) return;
      if (!checkpoints ||
          !checkpoints->due(trainer.steps_done(), trainer.epochs_done(), trainer.epochs_done() > epochs))
        continue;
      write_checkpoint(trainer, *checkpoints, report);
    }
  } catch (const Interrupted&) {
    return;  // within a validation: the state is that before it
  }
}

/// Training fails: the best weights so far are better than the last ones. False if there are none.
bool restore_best(Machine& machine, const BestEpoch& best) {
  if (best.kept.empty()) return false;
  machine.restore(best.kept);
  return true;
}

}  // namespace

TrainResult train(Machine& machine, const DataSet& data, const RunOptions& options, Report& report,
                  const Continuing& continuing) {
  Trainer trainer(machine, data, options, report);
  if (continuing.from) trainer.restore(*continuing.from);
  const int64_t steps_before = trainer.steps_done();
  const Clock::time_point begin = Clock::now();
  const BestEpoch& best = trainer.best();
  try {
    take_steps(trainer, continuing.checkpoints, report);
    trainer.settle();
  } catch (const Diverged&) {
    restore_best(machine, best);  // it says which weights are left
    throw;
  } catch (const Failure& failure) {
    if (!restore_best(machine, best)) throw;
    report.note(trainer.kept_epoch());
    throw Failure(failure);  // whole again, if it was a HalfStored
  } catch (const std::bad_alloc&) {
    if (restore_best(machine, best)) report.note(trainer.kept_epoch());
    throw;
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  const int64_t steps = trainer.steps_done() - steps_before;
  TrainResult result;
  result.epochs = trainer.epochs_done();
  result.ended = trainer.ended();
  if (steps > 0) result.seconds_per_epoch = seconds * static_cast<double>(trainer.steps()) / static_cast<double>(steps);
  if (continuing.checkpoints && steps > 0)
    result.checkpointed = write_checkpoint(trainer, *continuing.checkpoints, report);
  else if (Record* const record = report.record()) record->keep_weights();
  if (best.kept.empty()) {
    result.train = trainer.train_numbers();
    result.validation = trainer.validation_numbers();
  } else {
    machine.restore(best.kept);
    trainer.ended() ? report.decided(trainer.kept_epoch()) : report.note(trainer.kept_epoch());
    result.train = best.train;
    result.validation = best.validation;
  }
  return result;
}

}  // namespace dnnc::runtime
