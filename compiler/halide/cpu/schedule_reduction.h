#pragma once
#include <Halide.h>

#include <optional>

#include "compiler/halide/cpu/reduction_plan.h"
#include "compiler/halide/lower/lower.h"

namespace dnnc {

/// Schedules what a reduction is made of: at the loop `at` of `result`, which reads it, or before it if there is no
/// loop.
void schedule_reduction(ReductionFuncs& funcs, const ReductionPlan& plan, const Node& node, Halide::Func result,
                        std::optional<Halide::Var> at);

/// Elements along the last axis that whoever reads the reduction should compute at once.
int64_t width_of(const ReductionCut& cut);

}  // namespace dnnc
