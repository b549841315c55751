#include "runtime/run/trainer.h"

#include <algorithm>

#include "runtime/program/failure.h"
#include "runtime/run/find_steps_ahead.h"

namespace dnnc::runtime {
namespace {

std::optional<Watch> watch(const std::optional<LoopRule>& rule) {
  return rule ? std::optional<Watch>(*rule) : std::nullopt;
}

/// What keeps steps small in this run or, where none has been taken, what else may be wrong.
std::string advice(const RunInfo& run, bool first_step) {
  if (first_step)
    return "help: no step was taken before: look at the data, the starting values and the formula of the loss";
  return run.clips ? "help: a smaller rate keeps steps small"
                   : "help: a smaller rate, or clip = by_norm(1.0), keeps steps small";
}

std::string in_brackets(const std::string& place) { return place.empty() ? "" : " (" + place + ")"; }

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

Trainer::Trainer(Machine& machine, const DataSet& data, const RunOptions& options, Report& report)
    : machine_(machine),
      data_(data),
      report_(report),
      run_(machine.manifest().run),
      entry_(machine.entry(EntryKind::Train)),
      feeder_(machine, entry_, data),
      ports_(machine, entry_),
      means_(machine, entry_),
      steps_(steps_of_epoch(entry_.batch, data)),
      keep_(watch(run_.keep)),
      anneal_(watch(run_.anneal)),
      stop_(watch(run_.stop)) {
  ahead_ = steps_ahead_of(machine, entry_, means_);
  state_.epochs = options.epochs.value_or(run_.epochs);
  state_.seed = options.seed.value_or(run_.seed);
  state_.ended = state_.epochs < 1;
  state_.means = state_.last = means_.none();
  settings_ = settings_of(machine.manifest(), state_.seed, state_.epochs, data);
}

bool Trainer::step() {
  if (state_.ended) return false;
  if (!begun_) begin_epoch();
  if (state_.step < steps_) take_step(nullptr);
  if (state_.step == steps_) end_epoch();
  return !state_.ended;
}

void Trainer::step_alone(StepTimes* times) {
  if (!begun_) begin_epoch();
  take_step(times);
  if (times) settle();
  if (state_.step == steps_) count_epoch();
}

/// Of networks so small that thousands of epochs take a moment, most are seen by nobody: these look at no clock and make
/// no text, here as at the end of the epoch.
void Trainer::begin_epoch() {
  order_ = data_.train;
  shuffle(order_, state_.seed, static_cast<uint64_t>(state_.epoch));
  feeder_.begin_epoch(order_, state_.seed, state_.epoch, state_.step);
  settings_.epoch = state_.epoch;
  settings_.rate_scale = state_.rate_scale;
  ports_.set(settings_);
  seen_ = report_.sees(state_.epoch, state_.epochs);
  if (seen_ || report_.has_bar()) {
    begin_ = Clock::now();
    report_.begin_epoch(state_.epoch, state_.epochs, steps_, state_.step);
  }
  begun_ = true;
}

void Trainer::take_step(StepTimes* times) {
  Clock::time_point before;
  if (times) before = Clock::now();
  const auto lap = [&](double StepTimes::* part) {
    if (!times) return;
    machine_.wait();
    const Clock::time_point now = Clock::now();
    times->*part += std::chrono::duration<double>(now - before).count();
    before = now;
  };
  const int64_t first = state_.step * entry_.batch;
  const int64_t valid = std::min(entry_.batch, static_cast<int64_t>(order_.size()) - first);
  if (!feeder_.feed(order_.data() + first, valid)) ports_.set_step((state_.epoch - 1) * steps_ + state_.step + 1);
  lap(&StepTimes::gather);
  machine_.compute(entry_);
  lap(&StepTimes::kernels);
  if (ahead_) ahead_->look();
  else expect_finite();
  lap(&StepTimes::guard);
  lap(&StepTimes::clock);
  store();
  lap(&StepTimes::kernels);
  ++state_.step;
  if (ahead_) {
    if (!ahead_->fetch(valid) && state_.step < steps_) return;
    settle();
  } else {
    means_.add(state_.means, valid);
  }
  if (report_.wants_bar()) report_.draw_bar(state_.step, means_.loss(state_.means));
}

void Trainer::settle() {
  if (!ahead_) return;
  if (const auto stop = ahead_->settle(state_.means)) {
    state_.step -= stop->steps;
    stop_before_update(*stop->found);
  }
}

void Trainer::store() {
  try {
    machine_.update(entry_);
  } catch (const Failure& failure) {
    throw HalfStored(failure);
  }
}

void Trainer::expect_finite() const {
  if (const Guard* found = machine_.not_finite(entry_)) stop_before_update(*found);
}

void Trainer::stop_before_update(const Guard& found) const {
  expect_finite_weights();
  throw Diverged(exit_not_met,
                 machine_.manifest().file + ": training stopped " + at_step(state_.step + 1) + ": the " + found.name +
                     in_brackets(found.place) + " is not finite; " +
                     (state_.best.kept.empty() ? "the weights are those before this step\n" : kept_epoch()) +
                     advice(run_, steps_done() == 0));
}

std::string Trainer::at_step(int64_t step) const {
  return "at epoch " + std::to_string(state_.epoch) + ", step " + std::to_string(step) + " of " +
         std::to_string(steps_);
}

/// A step may overflow although its gradients are finite: looked at before weights are put aside, after each epoch, and where the
/// next step of an epoch comes to nothing.
void Trainer::expect_finite_weights() const {
  const Tensor* const found = machine_.tensor_not_finite();
  if (!found) return;
  const bool within = state_.step > 0 || steps_done() == 0;
  stop_training(within ? at_step(std::max<int64_t>(1, state_.step)) : "after epoch " + std::to_string(epochs_done()),
                *found);
}

void Trainer::stop_training(const std::string& when, const Tensor& found) const {
  const bool of_optimizer = found.role == InputRole::OptimizerState, first_step = steps_done() == 0;
  throw Diverged(exit_not_met, machine_.manifest().file + ": training stopped " + when + ": " +
                                   (of_optimizer ? "what the optimizer keeps, " : "") + found.path +
                                   in_brackets(found.place) + (of_optimizer ? ", " : " ") +
                                   "has numbers that are not finite" + (first_step ? "" : ": a step was too large") +
                                   (state_.best.kept.empty() ? "\n" : "; " + kept_epoch()) + advice(run_, first_step));
}

/// The next epoch is the one to be trained.
void Trainer::count_epoch() {
  state_.last = state_.means;
  std::fill(state_.means.values.begin(), state_.means.values.end(), 0.0);
  state_.means.examples = 0;
  state_.step = 0;
  ++state_.epoch;
  begun_ = false;
}

void Trainer::end_epoch() {
  const double training = seen_ ? seconds_since(begin_) : 0;
  // If it is interrupted, the epoch has its steps and is judged later.
  if (!data_.validation.empty()) state_.validation = evaluate(machine_, data_, data_.validation, settings_);
  count_epoch();
  const bool watched = keep_ || anneal_ || stop_;
  const Numbers train = seen_ || watched ? train_numbers() : Numbers();
  if (seen_) report_.end_epoch(training, seconds_since(begin_), train, state_.validation, rate_scale());
  const bool last = state_.epoch > state_.epochs;
  judged_ = false;
  expect_finite_weights();
  judged_ = true;
  state_.ended = (watched && stops_early(train)) || last;
}

/// Best weights, annealing, early stop.
bool Trainer::stops_early(const Numbers& train) {
  if (keep_ && keep_->better(state_.keep, train, state_.validation))
    state_.best = {machine_.save(), train, state_.validation};
  std::string annealed;
  if (anneal_ && !anneal_->better(state_.anneal, train, state_.validation) && anneal_->out_of_patience(state_.anneal)) {
    state_.rate_scale *= run_.anneal->factor;
    if (seen_)
      annealed = "annealed: from epoch " + std::to_string(state_.epoch) + " on rates are multiplied by " +
                 short_number(state_.rate_scale) + ", as " + anneal_->no_better(state_.anneal) + "\n";
    state_.anneal.since = 0;
  }
  const bool last = state_.epoch > state_.epochs;
  if (stop_) stop_->better(state_.stop, train, state_.validation);
  const bool stops = stop_ && stop_->out_of_patience(state_.stop);
  if (!annealed.empty() && !stops && !last) report_.decided(annealed);
  if (stops && !last)
    report_.decided("stopped early, after epoch " + std::to_string(epochs_done()) + " of " +
                    std::to_string(state_.epochs) + ", as " + stop_->no_better(state_.stop) + "\n");
  return stops;
}

/// What an epoch that has just ended was trained with; none where nothing anneals.
std::optional<double> Trainer::rate_scale() const {
  return anneal_ ? std::optional<double>(state_.rate_scale) : std::nullopt;
}

std::string Trainer::kept_epoch() const {
  const WatchState& watch = state_.keep;
  return "the weights are those of epoch " + std::to_string(epochs_done() - (judged_ ? 0 : 1) - watch.since) +
         ", with the best " + run_.keep->on() + ", " + short_number(watch.best) + "\n";
}

TrainState Trainer::state() const {
  TrainState state = state_;
  state.kept = machine_.save();
  return state;
}

void Trainer::restore(const TrainState& state) {
  if (ahead_) ahead_->settle(state_.means);  // which are not these
  state_ = state;
  machine_.restore(state.kept);
  state_.kept.clear();
  settings_.seed = state.seed;
  settings_.epochs = state.epochs;
  settings_.steps = steps_ * state.epochs;
  settings_.epoch = state.step > 0 ? state.epoch : epochs_done();  // the last that had a step
  begun_ = false;                                                  // its order and its settings are made anew
  seen_ = false;
}

}  // namespace dnnc::runtime
