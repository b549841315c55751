#include "compiler/halide/schedule.h"

#include <algorithm>

#include "compiler/halide/schedule_contraction.h"

namespace dnnc {
namespace {

/// Vectorises the innermost axis of a definition.
void vectorise_last(Halide::Stage definition, const std::vector<Halide::Var>& axes, const std::vector<int64_t>& extents,
                    bool pure, const CpuTarget& target) {
  if (axes.empty()) return;
  const int extent = static_cast<int>(extents.back());
  const int width = std::min(extent, target.vector_floats);
  if (width == 1) return;
  const bool exact = extent % width == 0;
  const auto tail = exact  ? Halide::TailStrategy::RoundUp
                    : pure ? Halide::TailStrategy::ShiftInwards
                           : Halide::TailStrategy::GuardWithIf;
  definition.vectorize(axes.back(), width, exact && !pure ? Halide::TailStrategy::Auto : tail);
}

void schedule_stage(Stage& stage, const Graph& body, const CpuTarget& target) {
  if (stage.in_group) return;
  const auto extents = extents_of(body[stage.node].axes);
  stage.func.compute_root();
  const bool in_memory = stage.contraction && stage.contraction->planned.plan.memory_sum;
  if (!stage.contraction || in_memory) vectorise_last(stage.func, stage.axes, extents, true, target);
  if (stage.contraction) {
    Halide::Stage tiled = in_memory ? stage.func.update() : Halide::Stage(stage.func);
    schedule_contraction(*stage.contraction, stage.func, tiled, in_memory, stage.axes, target);
    return;
  }
  for (int update = 0; update < stage.func.num_update_definitions(); ++update)
    vectorise_last(stage.func.update(update), stage.axes, extents, false, target);
}

ContractionFuncs* contraction_in(LoweredKernel& lowered, const GroupStage& group) {
  for (Stage& stage : lowered.stages)
    if (stage.in_group && stage.node == group.group.contraction) return &*stage.contraction;
  return nullptr;
}

void schedule_group(GroupStage& stage, LoweredKernel& lowered, const CpuTarget& target) {
  const bool overwrites = stage.group.overwrites;
  Halide::Stage definition = overwrites ? stage.func.update() : Halide::Stage(stage.func);
  if (ContractionFuncs* contraction = contraction_in(lowered, stage)) {
    schedule_contraction(*contraction, stage.func, definition, overwrites, stage.axes, target);
  } else {
    vectorise_last(definition, stage.axes, stage.group.extents, !overwrites, target);
  }
}

}  // namespace

void schedule(const Kernel& kernel, LoweredKernel& lowered, const CpuTarget& target) {
  for (Stage& stage : lowered.stages) schedule_stage(stage, kernel.body, target);
  for (GroupStage& stage : lowered.groups) schedule_group(stage, lowered, target);
}

}  // namespace dnnc
