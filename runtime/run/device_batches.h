#pragma once
#include <memory>
#include <vector>

#include "runtime/data/dataset.h"
#include "runtime/program/machine.h"

namespace dnnc::runtime {

/// Batches of an entry that a device takes by itself, from data that lie there: batch_words.h. Trainers of processors are linked
/// without what makes one.
class DeviceBatches {
 public:
  virtual ~DeviceBatches() = default;
  /// From now on batches are those of `order`, which stays where it is, from the one of that number on; batch 0 is of the step
  /// `first_step`. False if the data do not lie there: then the host puts each batch.
  virtual bool begin(const std::vector<uint32_t>& order, int64_t batch, int64_t first_step) = 0;
  /// The entry is asked for the next of them.
  virtual void next() = 0;
  /// The host puts batches.
  virtual void stop() = 0;
};

/// What a device has recorded of steps that nobody has looked at.
class DeviceHistory {
 public:
  virtual ~DeviceHistory() = default;
  /// Asks for what it holds of so many steps, there after the machine's wait().
  virtual void fetch_later(size_t steps) = 0;
  /// How many of them have been done to their end.
  virtual size_t done() const = 0;
  /// What a step gave, the numbers of all ports one after the other.
  virtual void read(size_t step, std::span<float> values) const = 0;
  /// Forgets all.
  virtual void clear() = 0;
};

/// Of an entry that takes, with places for so many steps: the numbers of these ports of it. Null if the device has no room for it.
std::unique_ptr<DeviceHistory> make_device_history(Machine& machine, const EntryInfo& entry,
                                                   const std::vector<const Port*>& ports);
constexpr size_t most_steps_recorded = 64;

/// For an entry that takes, of a machine that runs ahead.
std::unique_ptr<DeviceBatches> make_device_batches(Machine& machine, const EntryInfo& entry, const DataSet& data);

}  // namespace dnnc::runtime
