#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "compiler/kernels/kernel.h"
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

/// When each buffer of an entry that is not in `kept` is in use, counted in calls: fields from before the first, results
/// from their kernel to their last reader, what guards look at until the updates have begun, outputs until after the last
/// call. Within a loop a buffer is in use from its first
/// call to its last, unless each trip writes all of it before it reads it and nothing outside the loop does.
std::map<BufferId, Lifetime> lifetimes_of(const Plan& plan, const Entry& entry, const std::set<BufferId>& kept);

/// Gives all buffers of a plan their places in the arena: what outlives a step first, shared by all entries, then for each
/// entry the same memory for everything else. Chooses the bounds of guards, as these decide how long operands live.
void place_buffers(Plan& plan);

}  // namespace dnnc
