#include <algorithm>

#include "runtime/program/failure.h"
#include "runtime/run/trainer.h"

// What a training comes to, epoch by epoch and when it stops: none of it is done for every step.
namespace dnnc::runtime {
namespace {

/// What keeps steps small in this run or, where none has been taken, what else may be wrong.
std::string advice(const RunInfo& run, bool first_step) {
  if (first_step)
    return "help: no step was taken before: look at the data, the starting values and the formula of the loss";
  return run.clips ? "help: a smaller rate keeps steps small"
                   : "help: a smaller rate, or clip = by_norm(1.0), keeps steps small";
}

std::string in_brackets(const std::string& place) { return place.empty() ? "" : " (" + place + ")"; }

}  // namespace

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
