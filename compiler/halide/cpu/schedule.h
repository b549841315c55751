#pragma once
#include "compiler/halide/cpu/cpu_plan.h"
#include "compiler/halide/lower/lower.h"

namespace dnnc {

/// Gives every Func of a kernel that was lowered by the cuts of `plan` its loops. Results do not depend on them.
void schedule_for_cpu(const Kernel& kernel, const CpuPlan& plan, LoweredKernel& lowered, const CpuTarget& target);

}  // namespace dnnc
