#pragma once
#include "compiler/interpret/precision.h"
#include "compiler/target/target.h"

namespace dnnc {

/// What kernels of a target compute with. No driver of devices may be less exact than the standard of OpenCL lets it be.
inline const Precision& precision_of(const Target& target) {
  return std::holds_alternative<GpuTarget>(target) ? float32_of_opencl : float32;
}

}  // namespace dnnc
