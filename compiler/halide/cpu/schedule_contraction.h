#pragma once
#include <Halide.h>

#include <vector>

#include "compiler/halide/cpu/contraction_plan.h"
#include "compiler/halide/lower/lower.h"

namespace dnnc {

/// Schedules the sums of a contraction and the Func that takes them tile by tile: `result`, by its definition `tiled`
/// (the pure one, or an update in place or over blocks of terms). `axes` are the result's.
void schedule_contraction(ContractionFuncs& funcs, const ContractionPlan& plan, Halide::Func result,
                          Halide::Stage tiled, bool is_update, const std::vector<Halide::Var>& axes,
                          const CpuTarget& target);

}  // namespace dnnc
