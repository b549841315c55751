#pragma once
#include "compiler/halide/gpu/gpu_plan.h"
#include "compiler/halide/lower/lower.h"

namespace dnnc {

/// Gives every Func of a kernel blocks and threads of a device.
void schedule_for_gpu(const Kernel& kernel, const GpuPlan& plan, LoweredKernel& lowered, const GpuTarget& target);

}  // namespace dnnc
