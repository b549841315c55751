#pragma once
#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/program/machine.h"

namespace dnnc::runtime {

/// A metric that is an array.
struct MetricTable {
  std::string name;               ///< "confusion"
  std::vector<std::string> axes;  ///< what its one or two indices are called
  std::vector<int64_t> shape;
  std::vector<double> values;
  std::vector<std::vector<std::string>> names = {};  ///< of the elements along each axis; an axis may have none
};
/// Names and values in the order in which they are shown: {"loss", 0.21}, {"accuracy", 0.97}. And tables, which are shown and
/// nothing else.
struct Numbers : std::vector<std::pair<std::string, double>> {
  using vector::vector;
  // Not in every file that holds some: tables make them long.
  Numbers();
  Numbers(const Numbers& other);
  Numbers(Numbers&& other) noexcept;
  Numbers& operator=(const Numbers& other);
  Numbers& operator=(Numbers&& other) noexcept;
  ~Numbers();
  std::vector<MetricTable> tables = {};
};
/// The value of that name, or null.
const double* find(const Numbers& numbers, const std::string& name);

/// The number that a contract takes a float32 for: that of the shortest decimal which means it, 0.7 and not 0.699999988; of a
/// whole one itself.
double decimal_of(double float32);

/// What an entry gave of batches, added up over examples, each as often as it counts.
struct Sums {
  std::vector<double> values;
  double examples = 0;  ///< or what they weigh
  bool operator==(const Sums&) const = default;
};

/// Gathers what an entry gives of batches into means over all examples, and these into loss and metrics.
class Means {
 public:
  Means(Machine& machine, const EntryInfo& entry);
  Sums none() const { return {std::vector<double>(values_, 0.0), 0}; }
  /// Adds what the entry gave of so many examples.
  void add(Sums& sums, int64_t valid) const;
  /// What add() reads.
  std::vector<const Port*> ports() const;
  /// The same of what was fetched of these ports before: all numbers of each, one port after the other.
  void add(Sums& sums, int64_t valid, std::span<const float> fetched) const;
  /// Loss and metrics; runs the entry `finish`. Empty if there are no examples.
  Numbers finish(const Sums& sums) const;
  /// The mean loss.
  double loss(const Sums& sums) const { return sums.values[0] / sums.examples; }

 private:
  /// A mean that metrics read, and the ports that tell it of a batch: one, or those of a covariance by MeanPart.
  struct Collected {
    const MeanInfo* mean;
    std::array<const Port*, words<MeanPart>.size()> ports;
  };
  MetricTable table(const MetricInfo& metric, const Port& port) const;
  template <class Get>
  void add_by(Sums& sums, int64_t valid, const Get& get) const;

  Machine& machine_;
  const Port* loss_ = nullptr;
  std::vector<Collected> collected_;
  /// Of Sums: the loss, then of each element of a mean its sum, of a covariance both means and the sum of products.
  size_t values_ = 1;
  const Port* weight_ = nullptr;  ///< of the examples of a batch; null where all count the same
};

}  // namespace dnnc::runtime
