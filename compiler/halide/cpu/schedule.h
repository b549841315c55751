#pragma once
#include "compiler/halide/compile.h"
#include "compiler/halide/cpu/lower.h"

namespace dnnc {

/// Gives every Func of a lowered kernel its loops. Results do not depend on it, except in how sums are split.
void schedule(const Kernel& kernel, LoweredKernel& lowered, const CpuTarget& target);

}  // namespace dnnc
