#pragma once
#include <string>
#include <vector>

#include "runtime/program/manifest.h"
#include "runtime/run/means.h"

namespace dnnc::runtime {

/// The best number so far, NaN where all were that, and for how many epochs there has been no better one.
struct WatchState {
  bool seen = false;  ///< a number
  double best = 0;
  int64_t since = 0;
  bool operator==(const WatchState&) const = default;
};

/// The weights of the best epoch so far and what it came to.
struct BestEpoch {
  std::vector<char> kept;  ///< empty: there is none
  Numbers train, validation;
  bool operator==(const BestEpoch&) const = default;
};

/// All that training needs to go on as if it had never stopped.
struct TrainState {
  int64_t epoch = 1;  ///< that is trained, from 1 on
  int64_t step = 0;   ///< steps of it that are done
  int64_t epochs = 0;
  uint64_t seed = 0;
  double rate_scale = 1;
  bool ended = false;
  WatchState keep, anneal, stop;
  Sums means;          ///< of the epoch so far
  Sums last;           ///< of the last whole epoch
  Numbers validation;  ///< after the last whole epoch
  BestEpoch best;
  std::vector<char> kept;  ///< parameters, states, what optimizers keep, averages, fitted statistics: Machine::save()
  bool operator==(const TrainState&) const = default;
};

/// A line for each of them; what is kept by its size and checksum.
std::string to_text(const TrainState& state);

/// `early(patience: 3, on: validation.loss)`: what a rule of the loop watches.
class Watch {
 public:
  explicit Watch(const LoopRule& rule) : rule_(rule) {}
  /// Takes the number that an epoch came to. True if it is the best so far. What is no number, as the precision where nothing
  /// was found, is never the best. One that does not exist is a Failure.
  bool better(WatchState& state, const Numbers& train, const Numbers& validation) const;
  bool out_of_patience(const WatchState& state) const { return state.since >= rule_.patience; }
  /// "validation.loss has not been smaller than 0.3127 for 3 epochs"
  std::string no_better(const WatchState& state) const;

 private:
  double watched(const Numbers& train, const Numbers& validation) const;

  const LoopRule& rule_;
};

}  // namespace dnnc::runtime
