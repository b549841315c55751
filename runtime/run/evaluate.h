#pragma once
#include <string>
#include <utility>
#include <vector>

#include "runtime/data/dataset.h"
#include "runtime/program/machine.h"

namespace dnnc::runtime {

/// Names and values in the order in which they are shown: {"loss", 0.21}, {"accuracy", 0.97}.
using Numbers = std::vector<std::pair<std::string, double>>;
/// The value of that name, or null.
const double* find(const Numbers& numbers, const std::string& name);

/// Puts examples into the field buffers of one entry.
class Feeder {
 public:
  Feeder(Machine& machine, const EntryInfo& entry, const DataSet& data);
  /// Rows [0, valid) become the batch; the rest of the batch repeats the last. Sets `count`.
  void feed(const uint32_t* rows, int64_t valid);
  /// Changes the images just fed.
  void augment(const std::vector<Augmentation>& augmentations, uint64_t seed, int64_t epoch);

 private:
  struct Link {
    const FieldData* field;
    const Port* port;
  };
  Machine& machine_;
  const EntryInfo& entry_;
  std::vector<Link> links_;
  std::vector<uint32_t> rows_;  ///< of the batch
};

/// Gathers the batch means that an entry gives into means over all examples, and these into loss and metrics.
class Means {
 public:
  Means(Machine& machine, const EntryInfo& entry);
  void add(int64_t valid);
  /// Loss and metrics so far; runs the entry `finish`.
  Numbers finish() const;
  /// The mean loss so far.
  double loss() const;
  void reset();

 private:
  Machine& machine_;
  /// One loss or metric of the entry, element by element.
  struct Sum {
    const Port* port;
    std::vector<double> values;
  };
  std::vector<Sum> sums_;
  double examples_ = 0;
};

/// Loss and metrics over some examples, `training` false.
Numbers evaluate(Machine& machine, const DataSet& data, const std::vector<uint32_t>& rows);

}  // namespace dnnc::runtime
