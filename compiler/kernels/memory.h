#pragma once
#include <cstdint>
#include <vector>

#include "runtime/program/memory_layout.h"

namespace dnnc {

/// A piece of memory that is in use from call `first` to call `last`, both included.
struct Lifetime {
  int64_t bytes = 0;
  int64_t first = 0, last = 0;
  int64_t offset = 0;  ///< the result
};

/// Gives each its offset from `begin` on, so that no two in use at the same time overlap; the largest first, each into
/// the tightest gap. `begin` is aligned. Returns the end of the memory used.
int64_t place(std::vector<Lifetime>& lifetimes, int64_t begin, const runtime::MemoryLayout& memory);

}  // namespace dnnc
