#pragma once
#include <cstddef>
#include <cstdint>

namespace dnnc::runtime {

/// What kernels are given of an array: Halide's halide_buffer_t, with whose header the compiler compares it.
struct KernelBuffer {
  struct Dimension {
    int32_t min, extent, stride;
    uint32_t flags;
  };
  uint64_t device;  ///< what a device knows it by; 0: it is on none
  const void* device_interface;
  uint8_t* host;
  uint64_t flags;
  uint8_t type_code, type_bits;
  uint16_t type_lanes;
  int32_t dimensions;
  Dimension* dim;
  void* padding;
};

inline int64_t bytes_of(const KernelBuffer& buffer) {
  int64_t bytes = (buffer.type_bits + 7) / 8;
  for (int32_t k = 0; k < buffer.dimensions; ++k) bytes *= buffer.dim[k].extent;
  return bytes;
}

}  // namespace dnnc::runtime
