#include "runtime/run/train_state.h"

#include "runtime/files/checksum.h"
#include "runtime/program/failure.h"
#include "runtime/run/report.h"

namespace dnnc::runtime {
namespace {

std::string to_text(const WatchState& watch) {
  return watch.seen ? "best " + json_number(watch.best) + ", " + std::to_string(watch.since) + " epochs ago"
                    : "nothing";
}

std::string to_text(const std::vector<char>& kept) {
  return std::to_string(kept.size()) + " bytes, checksum " + checksum_of({kept.data(), kept.size()});
}

std::string to_text(const Sums& sums) {
  std::string text = std::to_string(static_cast<int64_t>(sums.examples)) + " examples";
  for (const double value : sums.values) text += " " + json_number(value);
  return text;
}

}  // namespace

std::string to_text(const TrainState& state) {
  std::string text = "epoch " + std::to_string(state.epoch) + " of " + std::to_string(state.epochs) + ", " +
                     std::to_string(state.step) + " steps done, seed " + std::to_string(state.seed) + ", rate scale " +
                     json_number(state.rate_scale) + (state.ended ? ", ended\n" : "\n");
  text += "keep: " + to_text(state.keep) + "\nanneal: " + to_text(state.anneal) + "\nstop: " + to_text(state.stop);
  text += "\nsums of this epoch: " + to_text(state.means) + "\nsums of the last epoch: " + to_text(state.last);
  text += "\nvalidation: " + json_numbers(state.validation);
  text += "\nbest: " + to_text(state.best.kept) + ", train " + json_numbers(state.best.train) + ", validation " +
          json_numbers(state.best.validation);
  return text + "\nkept: " + to_text(state.kept) + "\n";
}

Watch::Watch(const LoopRule& rule)
    : rule_(rule),
      on_(rule.word("on", "validation.loss")),
      name_(on_.find('.') == std::string::npos ? "" : on_.substr(on_.find('.') + 1)),
      of_validation_(on_.starts_with("validation.")),
      smallest_(rule.word("goal", "smallest") == "smallest"),
      patience_(rule.number("patience", 1)) {}

double Watch::watched(const Numbers& train, const Numbers& validation) const {
  const double* number = find(of_validation_ ? validation : train, name_);
  if (!number) throw Failure(exit_wrong, rule_.name + "(on: " + on_ + "): training gives no such number");
  return *number;
}

bool Watch::better(WatchState& state, const Numbers& train, const Numbers& validation) const {
  const double value = watched(train, validation);
  const bool best = !state.seen || (smallest_ ? value < state.best : value > state.best);
  state.since = best ? 0 : state.since + 1;
  if (best) state.best = value;
  state.seen = true;
  return best;
}

}  // namespace dnnc::runtime
