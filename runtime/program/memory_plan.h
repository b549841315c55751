#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/program/step.h"

namespace dnnc::runtime {

/// What each call of a program may read and write: the part of the compiler's plan that memory_check.h needs beside what
/// the manifest says of entries and calls, whose numbers it shares. Buffers are known by their numbers.
struct MemoryPlan {
  struct Buffer {
    std::string name;
    int64_t offset = 0, bytes = 0;  ///< in the arena
    bool operator==(const Buffer&) const = default;
  };
  struct Call {
    std::vector<Argument> inputs, outputs;  ///< what is overwritten in place is both
    bool operator==(const Call&) const = default;
  };
  struct Entry {
    std::vector<size_t> inputs, outputs;  ///< what is there before the first call, and after the last
    std::vector<Call> calls;
    std::vector<size_t> guarded = {};  ///< what is looked at before the updates
    bool operator==(const Entry&) const = default;
  };
  std::vector<Buffer> buffers;
  std::vector<Entry> entries;
  int64_t kept_bytes = 0;  ///< buffers that begin before this outlive a step
  bool operator==(const MemoryPlan&) const = default;
};

}  // namespace dnnc::runtime
