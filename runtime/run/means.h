#pragma once
#include <string>
#include <utility>
#include <vector>

#include "runtime/program/machine.h"

namespace dnnc::runtime {

/// Names and values in the order in which they are shown: {"loss", 0.21}, {"accuracy", 0.97}.
using Numbers = std::vector<std::pair<std::string, double>>;
/// The value of that name, or null.
const double* find(const Numbers& numbers, const std::string& name);

/// The batch means that an entry gave, added up over examples.
struct Sums {
  std::vector<double> values;  ///< every element of every loss and metric
  double examples = 0;
  bool operator==(const Sums&) const = default;
};

/// Gathers the batch means that an entry gives into means over all examples, and these into loss and metrics.
class Means {
 public:
  Means(Machine& machine, const EntryInfo& entry);
  Sums none() const { return {std::vector<double>(elements_, 0.0), 0}; }
  /// Adds what the entry gave of so many examples.
  void add(Sums& sums, int64_t valid) const;
  /// Loss and metrics; runs the entry `finish`. Empty if there are no examples.
  Numbers finish(const Sums& sums) const;
  /// The mean loss.
  double loss(const Sums& sums) const;

 private:
  Machine& machine_;
  /// Loss and metrics with their elements, in the order of `Sums::values`.
  std::vector<std::pair<const OutputPort*, int64_t>> ports_;
  size_t elements_ = 0;
};

}  // namespace dnnc::runtime
