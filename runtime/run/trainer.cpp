#include "runtime/run/trainer.h"

#include <algorithm>

#include "runtime/program/failure.h"
#include "runtime/run/find_steps_ahead.h"
#include "runtime/run/record.h"

namespace dnnc::runtime {
namespace {

std::optional<Watch> watch(const std::optional<LoopRule>& rule) {
  return rule ? std::optional<Watch>(*rule) : std::nullopt;
}

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
    report_.begin_epoch(state_.epoch, state_.epochs, steps_, entry_.batch, state_.step);
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
  const bool recorded = report_.records(steps_done());
  if (ahead_) {
    if (!ahead_->fetch(valid) && state_.step < steps_ && !recorded) return;
    settle();
  } else {
    means_.add(state_.means, valid);
  }
  if (recorded) record_step(valid);
  if (report_.wants_bar()) report_.draw_bar(state_.step, means_.finish(state_.means));
}

/// Of its own examples alone: what was before the training was resumed is not known.
void Trainer::record_step(int64_t valid) {
  Sums sums = means_.none();
  means_.add(sums, valid);
  report_.end_step(steps_done(), means_.finish(sums));
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
  if (Record* const record = report_.record()) record->end_epoch(epochs_done(), train, state_.validation);
  state_.ended = (watched && stops_early(train)) || last;
}

/// What an epoch that has just ended was trained with; none where nothing anneals.
std::optional<double> Trainer::rate_scale() const {
  return anneal_ ? std::optional<double>(state_.rate_scale) : std::nullopt;
}

}  // namespace dnnc::runtime
