#pragma once
#include <memory>
#include <vector>

#include "runtime/data/dataset.h"

namespace dnnc::runtime {

struct AugmentedBatch {
  std::vector<FieldData>
      fields;                  ///< of each that was asked for; without segments: it is not augmented, and read as it is
  std::vector<uint32_t> rows;  ///< of those: 0, 1, 2, ...
};

/// The batches of a training whose examples are augmented. They are made ahead of the training loop, by threads of their own where
/// that takes time. What they hold depends on seed, epoch and examples alone, so a training that goes on from a
/// checkpoint asks for the same batches.
class AugmentedBatches {
 public:
  virtual ~AugmentedBatches() = default;
  /// From now on the batches of this epoch, from the one of that number on. The last is filled up with its last example.
  virtual void begin(const std::vector<uint32_t>& order, uint64_t seed, int64_t epoch, int64_t first) = 0;
  /// The next one, there until the one after it is asked for.
  virtual const AugmentedBatch& next() = 0;
};

struct AugmentedFields {
  const DataDescription& data;
  std::vector<const FieldData*> fields;  ///< of the batches, which they outlive
  int64_t batch;
};

/// Begins them. A symbol that a trainer is linked with only where its program augments: needed_symbols().
struct Augmenting {
  std::unique_ptr<AugmentedBatches> (*batches)(const AugmentedFields& fields);
};

}  // namespace dnnc::runtime
