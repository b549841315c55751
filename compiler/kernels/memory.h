#pragma once
#include <cstdint>
#include <vector>

namespace dnnc {

/// Every buffer starts at a multiple of this, and this many bytes after it may be read.
constexpr int64_t buffer_alignment = 64;

/// Room for `bytes` with the slack that vector loads may read.
int64_t padded(int64_t bytes);

/// A piece of memory that is in use from call `first` to call `last`, both included.
struct Lifetime {
  int64_t bytes = 0;
  int64_t first = 0, last = 0;
  int64_t offset = 0;  ///< the result
};

/// Gives each its offset from `begin` on, so that no two in use at the same time overlap; the largest first, each into
/// the tightest gap. Returns the end of the memory used.
int64_t place(std::vector<Lifetime>& lifetimes, int64_t begin);

}  // namespace dnnc
