#include "runtime/run/train_state.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "runtime/files/checksum.h"
#include "runtime/program/failure.h"
#include "runtime/program/json.h"
#include "runtime/run/events.h"
#include "runtime/run/report.h"

namespace dnnc::runtime {
namespace {

std::string to_text(const WatchState& watch) {
  return watch.seen ? "best " + json_text(json_number(watch.best)) + ", " + std::to_string(watch.since) + " epochs ago"
                    : "nothing";
}

std::string to_text(const std::vector<char>& kept) {
  return std::to_string(kept.size()) + " bytes, checksum " + checksum_of({kept.data(), kept.size()});
}

std::string to_text(const Sums& sums) {
  std::string text = std::to_string(static_cast<int64_t>(sums.examples)) + " examples";
  for (const double value : sums.values) text += " " + json_text(json_number(value));
  return text;
}

}  // namespace

std::string to_text(const TrainState& state) {
  std::string text = "epoch " + std::to_string(state.epoch) + " of " + std::to_string(state.epochs) + ", " +
                     std::to_string(state.step) + " steps done, seed " + std::to_string(state.seed) + ", rate scale " +
                     json_text(json_number(state.rate_scale)) + (state.ended ? ", ended\n" : "\n");
  text += "keep: " + to_text(state.keep) + "\nanneal: " + to_text(state.anneal) + "\nstop: " + to_text(state.stop);
  text += "\nsums of this epoch: " + to_text(state.means) + "\nsums of the last epoch: " + to_text(state.last);
  text += "\nvalidation: " + json_text(json_numbers(state.validation));
  text += "\nbest: " + to_text(state.best.kept) + ", train " + json_text(json_numbers(state.best.train)) +
          ", validation " + json_text(json_numbers(state.best.validation));
  return text + "\nkept: " + to_text(state.kept) + "\n";
}

double Watch::watched(const Numbers& train, const Numbers& validation) const {
  const double* number = find(rule_.part == DataPart::Validation ? validation : train, rule_.measure);
  if (!number)
    throw Failure(exit_wrong, word_of(rule_.kind) + ("(on: " + rule_.on()) + "): training gives no such number");
  return *number;
}

std::string Watch::no_better(const WatchState& state) const {
  return rule_.on() + " has not been " + (rule_.goal == Goal::Smallest ? "smaller" : "larger") + " than " +
         short_number(state.best) + " for " + std::to_string(state.since) + (state.since == 1 ? " epoch" : " epochs");
}

bool Watch::better(WatchState& state, const Numbers& train, const Numbers& validation) const {
  const double value = watched(train, validation);
  const bool best = !std::isnan(value) && (!state.seen || std::isnan(state.best) ||
                                           (rule_.goal == Goal::Smallest ? value < state.best : value > state.best));
  state.since = best || !state.seen ? 0 : state.since + 1;
  if (best || !state.seen) state.best = value;
  state.seen = true;
  return best;
}

}  // namespace dnnc::runtime
