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

/// For an entry that takes, of a machine that runs ahead.
std::unique_ptr<DeviceBatches> make_device_batches(Machine& machine, const EntryInfo& entry, const DataSet& data);

}  // namespace dnnc::runtime
