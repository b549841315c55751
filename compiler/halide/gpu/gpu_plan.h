#pragma once
#include "compiler/halide/backend.h"
#include "compiler/halide/lower/cuts.h"
#include "compiler/halide/structure/structure.h"

namespace dnnc {

/// How a device computes a kernel: every thread a tile of sums, or one result, in its registers.
struct GpuPlan final : KernelPlan {
  KernelCuts all;
  KernelCuts cuts() const override { return all; }
};

GpuPlan plan_for_gpu(const Kernel& kernel, const KernelStructure& structure, const GpuTarget& target);

}  // namespace dnnc
