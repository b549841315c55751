#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dnnc::runtime {

/// What each call of a program may read and write: the part of the compiler's plan that memory_check.h needs. Buffers are
/// known by their numbers.
struct MemoryPlan {
  struct Buffer {
    std::string name;
    int64_t offset = 0, bytes = 0;  ///< in the arena
    bool operator==(const Buffer&) const = default;
  };
  struct Call {
    std::string name;
    std::vector<size_t> inputs, outputs;  ///< a buffer that is overwritten in place is both
    bool operator==(const Call&) const = default;
  };
  /// As dnnc_entry has it: calls from `first_update` on are its update.
  struct Entry {
    std::string name;
    size_t first_update = 0;
    std::vector<size_t> inputs, outputs;  ///< what is there before the first call, and after the last
    std::vector<Call> calls;
    bool operator==(const Entry&) const = default;
  };
  std::vector<Buffer> buffers;
  std::vector<Entry> entries;
  int64_t kept_bytes = 0;  ///< buffers that begin before this outlive a step
  bool operator==(const MemoryPlan&) const = default;
};

}  // namespace dnnc::runtime
