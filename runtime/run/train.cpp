#include "runtime/run/train.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>

#include "runtime/program/failure.h"

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

/// `validation.loss` among what an epoch gave. A number that does not exist is the program's fault.
double watched(const LoopRule& rule, const Numbers& train, const Numbers& validation) {
  const std::string on = rule.word("on", "validation.loss");
  const size_t dot = on.find('.');
  const std::string part = on.substr(0, dot), name = dot == std::string::npos ? "" : on.substr(dot + 1);
  const double* number = find(part == "validation" ? validation : train, name);
  if (!number) throw Failure(exit_wrong, rule.name + "(on: " + on + "): training gives no such number");
  return *number;
}

/// The best number so far and for how many epochs there has been no better one.
class Watch {
 public:
  explicit Watch(const LoopRule& rule) : rule_(rule), smallest_(rule.word("goal", "smallest") == "smallest") {}
  /// True if this epoch is the best so far.
  bool better(const Numbers& train, const Numbers& validation) {
    const double value = watched(rule_, train, validation);
    const bool best = first_ || (smallest_ ? value < best_ : value > best_);
    since_ = best ? 0 : since_ + 1;
    if (best) best_ = value;
    first_ = false;
    return best;
  }
  bool out_of_patience() const { return since_ >= rule_.number("patience", 1); }
  void forget() { since_ = 0; }

 private:
  const LoopRule& rule_;
  bool smallest_, first_ = true;
  double best_ = 0;
  int64_t since_ = 0;
};

class Trainer {
 public:
  Trainer(Machine& machine, const DataSet& data, const RunOptions& options, Report& report)
      : machine_(machine),
        data_(data),
        report_(report),
        run_(machine.manifest().run),
        entry_(machine.entry("train")),
        feeder_(machine, entry_, data),
        means_(machine, entry_),
        augmentations_(read_augmentations(machine.manifest().data)),
        epochs_(options.epochs.value_or(run_.epochs)),
        steps_(steps_of_epoch(entry_.batch, data)),
        settings_(settings_of(machine.manifest(), options.seed.value_or(run_.seed), epochs_, data)) {
    for (const OutputPort& port : entry_.outputs)
      if (port.role == OutputRole::Loss) loss_ = &port;
  }

  TrainResult run() {
    SignalGuard signals;
    TrainResult result;
    const Clock::time_point begin = Clock::now();
    for (int64_t epoch = 1; epoch <= epochs_ && !interrupted; ++epoch) {
      if (!run_epoch(epoch)) break;
      result.epochs = epoch;
      result.train = train_;
      result.validation = validation_;
      if (watch_epoch(result)) break;
    }
    if (!best_.empty()) {
      machine_.restore_kept(best_);
      result.train = best_train_;
      result.validation = best_validation_;
    }
    result.interrupted = interrupted;
    result.settings = settings_;
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    result.seconds_per_epoch = seconds / static_cast<double>(std::max<int64_t>(1, result.epochs));
    return result;
  }

 private:
  /// False if it was interrupted.
  bool run_epoch(int64_t epoch) {
    const Clock::time_point begin = Clock::now();
    const std::vector<uint32_t> order = shuffled(data_.train, settings_.seed, static_cast<uint64_t>(epoch));
    report_.begin_epoch(epoch, epochs_, steps_);
    settings_.epoch = epoch;
    set_all(machine_, entry_, settings_);
    means_.reset();
    for (int64_t done = 0; done < steps_; ++done) {
      if (interrupted) return false;
      const auto first = static_cast<size_t>(done * entry_.batch);
      const int64_t valid = std::min<int64_t>(entry_.batch, static_cast<int64_t>(order.size() - first));
      feeder_.feed(order.data() + first, valid);
      feeder_.augment(augmentations_, settings_.seed, epoch);
      run_step(epoch, done);
      means_.add(valid);
      report_.step(done + 1, means_);
    }
    train_ = means_.finish();
    validation_ = data_.validation.empty() ? Numbers{} : evaluate(machine_, data_, data_.validation, settings_);
    report_.end_epoch(std::chrono::duration<double>(Clock::now() - begin).count(), train_, validation_);
    return true;
  }

  void run_step(int64_t epoch, int64_t done) {
    const int64_t step = (epoch - 1) * steps_ + done + 1;
    machine_.set(entry_, "step", static_cast<double>(step));
    machine_.compute(entry_);
    for (const Guard& guard : entry_.guards)
      if (!all_finite(machine_.floats(guard.offset), guard.bytes / 4)) stop(epoch, done, guard.name, guard.place);
    if (loss_ && !std::isfinite(machine_.read(*loss_))) stop(epoch, done, "loss", "");
    machine_.update(entry_);
  }

  [[noreturn]] void stop(int64_t epoch, int64_t done, const std::string& name, const std::string& place) {
    throw Failure(exit_not_met, machine_.manifest().file + ": training stopped at epoch " + std::to_string(epoch) +
                                    ", step " + std::to_string(done + 1) + " of " + std::to_string(steps_) + ": the " +
                                    name + (place.empty() ? "" : " (" + place + ")") +
                                    " is not finite; the weights are those before this step\n" +
                                    "help: a smaller rate, or clip = by_norm(1.0), keeps steps small");
  }

  /// Early stop, best weights, annealing. True if training should end.
  bool watch_epoch(const TrainResult& result) {
    if (run_.keep && keep_.better(result.train, result.validation)) {
      best_ = machine_.save_kept();
      best_train_ = result.train;
      best_validation_ = result.validation;
    }
    if (run_.anneal && !anneal_.better(result.train, result.validation) && anneal_.out_of_patience()) {
      settings_.rate_scale *= run_.anneal->number("factor", 0.5);
      anneal_.forget();
    }
    if (!run_.stop) return false;
    stop_.better(result.train, result.validation);
    return stop_.out_of_patience();
  }

  Machine& machine_;
  const DataSet& data_;
  Report& report_;
  const RunInfo& run_;
  const EntryInfo& entry_;
  Feeder feeder_;
  Means means_;
  std::vector<Augmentation> augmentations_;
  int64_t epochs_;
  int64_t steps_;  ///< of an epoch
  Settings settings_;
  const Port* loss_ = nullptr;
  Numbers train_, validation_, best_train_, best_validation_;
  std::vector<char> best_;
  LoopRule none_;
  Watch keep_{run_.keep ? *run_.keep : none_};
  Watch anneal_{run_.anneal ? *run_.anneal : none_};
  Watch stop_{run_.stop ? *run_.stop : none_};
};

}  // namespace

TrainResult train(Machine& machine, const DataSet& data, const RunOptions& options, Report& report) {
  return Trainer(machine, data, options, report).run();
}

}  // namespace dnnc::runtime
