#include "runtime/run/train.h"

#include <algorithm>
#include <chrono>
#include <csignal>

namespace dnnc::runtime {
namespace {

using Clock = std::chrono::steady_clock;

// The only thing a signal handler may do is set a flag; the loop looks at it between steps.
volatile std::sig_atomic_t interrupted = 0;
void interrupt(int) { interrupted = 1; }

/// Catches SIGINT and SIGTERM while it lives; a second one ends the process.
class SignalGuard {
 public:
  SignalGuard() {
    interrupted = 0;
    struct sigaction action{};
    action.sa_handler = interrupt;
    action.sa_flags = SA_RESETHAND;
    sigaction(SIGINT, &action, &old_interrupt_);
    sigaction(SIGTERM, &action, &old_terminate_);
  }
  ~SignalGuard() {
    sigaction(SIGINT, &old_interrupt_, nullptr);
    sigaction(SIGTERM, &old_terminate_, nullptr);
  }
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;

 private:
  struct sigaction old_interrupt_{}, old_terminate_{};
};

}  // namespace

TrainResult train(Machine& machine, const DataSet& data, const RunOptions& options, Report& report) {
  const SignalGuard signals;
  Trainer trainer(machine, data, options, report);
  const Clock::time_point begin = Clock::now();
  while (!interrupted && trainer.step()) continue;
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  TrainResult result;
  result.epochs = trainer.epochs_done();
  result.settings = trainer.settings();
  result.interrupted = interrupted;
  result.seconds_per_epoch = seconds / static_cast<double>(std::max<int64_t>(1, result.epochs));
  const BestEpoch& best = trainer.best();
  if (best.kept.empty()) {
    result.train = trainer.train_numbers();
    result.validation = trainer.validation_numbers();
  } else {
    machine.restore(best.kept);
    result.train = best.train;
    result.validation = best.validation;
  }
  return result;
}

}  // namespace dnnc::runtime
