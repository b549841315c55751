#pragma once
#include <cstdint>

namespace dnnc::runtime {

/// What kernels rely on of the memory that they are given: whoever plans or allocates it asks here. In bytes.
struct MemoryLayout {
  int64_t alignment = 64;  ///< every buffer starts at a multiple of it
  int64_t slack = 64;      ///< behind every buffer that may be read, never written

  /// The next multiple of the alignment.
  constexpr int64_t aligned(int64_t bytes) const { return (bytes + alignment - 1) / alignment * alignment; }
  /// Room for a buffer and its slack, up to where the next may start.
  constexpr int64_t padded(int64_t bytes) const { return aligned(bytes) + aligned(slack); }
  bool operator==(const MemoryLayout&) const = default;
};

/// Of processors: whole lines, and one of the longest vectors beyond the end.
constexpr MemoryLayout cpu_memory = {64, 64};
/// Of devices: where every driver that we know lets a buffer begin within another one. Kernels read nothing behind a buffer.
constexpr MemoryLayout device_memory = {512, 0};

}  // namespace dnnc::runtime
