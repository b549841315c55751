#pragma once
#include <cstddef>
#include <cstdint>

#include "runtime/program/roles.h"

/// What a kernel that takes batches from data on a device, and the host, say to each other there: a memory of 32-bit words.
namespace dnnc::runtime {

enum class BatchWord : uint8_t {
  Batch,      ///< the number of the batch that is taken next; kernels count it
  Takes,      ///< 0: the host puts batches where the entry reads them, and kernels take none
  LastPlace,  ///< of the order; a batch that goes beyond it repeats its row
  LastBatch,  ///< its number
  FirstStep,  ///< the setting `step` of batch 0, its lower 32 bits
  Records,    ///< so many steps the history has places for; 0: there is none
  Fields      ///< from here on, of each field of the entry's inputs: FieldWord
};
enum class FieldWord : uint8_t {
  Begin,     ///< of its first row, in elements
  Distance,  ///< from one row to the next, in elements
  Storage    ///< of the data: the number of a Storage
};
constexpr int32_t words_of_field = 3;
constexpr size_t most_taken_fields = 64;
constexpr size_t batch_words = static_cast<size_t>(BatchWord::Fields) + words_of_field * most_taken_fields;

/// What of a device's memory a kernel that takes is given beside its arguments.
enum class TakenMemory : uint8_t {
  Words,
  Order,  ///< Int32: the row of the data at each place
  Data,   ///< the rows of all fields, as the host has them
  /// Words: how many steps have been done that nobody has looked at, then of each what is recorded, one after the other. The last
  /// place serves all that are too many.
  History
};
constexpr size_t taken_memories = 4;

/// Whether what a step gives is recorded. Of several outputs that are one buffer the first counts.
constexpr bool is_recorded(OutputRole role) {
  return role == OutputRole::Loss || role == OutputRole::Metric || role == OutputRole::Weight;
}

/// Called before such a kernel is launched, with one of its arguments, whose device it is, and the number of a TakenMemory: gives
/// a buffer.
inline constexpr const char* taken_memory_symbol = "dnnc_device_taken";

}  // namespace dnnc::runtime
