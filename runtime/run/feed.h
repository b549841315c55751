#pragma once
#include <memory>
#include <vector>

#include "runtime/data/augmented_batches.h"
#include "runtime/program/machine.h"
#include "runtime/run/device_batches.h"

namespace dnnc::runtime {

/// What the training loop gives an entry beside examples. Entries that read a setting share its memory, so whoever runs an
/// entry sets all of them anew, whatever ran before. What they mean says setting_names.h; the last of them, `count`, comes
/// with the examples.
struct Settings {
  uint64_t seed = 0;
  int64_t step = 0, steps = 0;
  int64_t epoch = 0, epochs = 0;
  double rate_scale = 1;
};

/// Steps that an epoch takes.
int64_t steps_of_epoch(int64_t batch, const DataSet& data);
/// The settings of a run that has not begun, by the seed and the epochs that it is to have.
Settings settings_of(const Manifest& manifest, uint64_t seed, int64_t epochs, const DataSet& data);

/// The settings that one entry reads, found once.
class SettingPorts {
 public:
  SettingPorts(Machine& machine, const EntryInfo& entry);
  void set(const Settings& settings);
  void set_step(int64_t step) { set(step_, static_cast<double>(step)); }
  /// The number of the first example of the batch; 0 until it is set.
  void set_first(size_t example) { set(first_, static_cast<double>(example)); }

 private:
  void set(const Port* port, double value) {
    if (port) machine_.set(*port, value);
  }
  Machine& machine_;
  const Port *seed_, *step_, *steps_, *epoch_, *epochs_, *rate_scale_, *first_;  ///< null: the entry does not read it
};

/// Puts examples into the fields of one entry.
class Feeder {
 public:
  Feeder(Machine& machine, const EntryInfo& entry, const DataSet& data);
  /// From now on examples are those of a training, changed by the augmentations of the program: each feed() is of the next batch
  /// of `order`, which stays where it is, from the one of that number on.
  void begin_epoch(const std::vector<uint32_t>& order, uint64_t seed, int64_t epoch, int64_t batch);
  /// Likewise of an evaluation, from the first batch on.
  void begin_part(const std::vector<uint32_t>& rows);
  /// The examples `rows[0 ... valid)` become the batch; the last is repeated where there are fewer than the entry takes.
  /// Sets `count`. True if a device does it, and sets the other settings that change from batch to batch.
  bool feed(const uint32_t* rows, int64_t valid);

 private:
  struct Link {
    const FieldData* field;
    const Port* port;
    bool rest;  ///< what float32 leaves of the field
  };

  Machine& machine_;
  const EntryInfo& entry_;
  const Port* count_ = nullptr;
  std::vector<Link> links_;
  std::unique_ptr<AugmentedBatches> batches_;  ///< of the fields of `links_`; null: nothing is augmented
  std::vector<uint32_t> rows_;                 ///< of a batch that is filled up
  std::unique_ptr<DeviceBatches> on_device_;   ///< null: the host puts every batch
  bool taken_ = false;                         ///< by the device, from those that follow
};

/// The port that has the name, or null.
const Port* find_output(const EntryInfo& entry, const std::string& name);

}  // namespace dnnc::runtime
