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

/// What the training loop gives an entry beside examples, `count` aside. Entries that read a setting share its memory, so
/// whoever runs an entry sets all of them anew, whatever ran before.
struct Settings {
  uint64_t seed = 0;
  int64_t step = 0;  ///< from 1 on in training; 0 elsewhere
  int64_t steps = 0;
  int64_t epoch = 0, epochs = 0;
  double rate_scale = 1;
};
void set_all(Machine& machine, const EntryInfo& entry, const Settings& settings);

/// Steps that an epoch takes.
int64_t steps_of_epoch(int64_t batch, const DataSet& data);
/// The settings of a run that has not begun, by the seed and the epochs that it is to have.
Settings settings_of(const Manifest& manifest, uint64_t seed, int64_t epochs, const DataSet& data);

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
    const OutputPort* port;
    std::vector<double> values;
  };
  std::vector<Sum> sums_;
  double examples_ = 0;
};

/// Loss and metrics over some examples, `training` false and `step` 0; the other settings as given.
Numbers evaluate(Machine& machine, const DataSet& data, const std::vector<uint32_t>& rows, Settings settings);

}  // namespace dnnc::runtime
