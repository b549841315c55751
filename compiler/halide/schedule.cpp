#include "compiler/halide/schedule.h"

#include <algorithm>

namespace dnnc {
namespace {

/// Vectorises the innermost axis of a definition.
void vectorise_last(Halide::Stage definition, const std::vector<Halide::Var>& axes, const Node& node, bool pure,
                    const CpuTarget& target) {
  if (axes.empty()) return;
  const int extent = static_cast<int>(node.axes.back().extent);
  const int width = std::min(extent, target.vector_floats);
  if (width == 1) return;
  const bool exact = extent % width == 0;
  const auto tail = exact  ? Halide::TailStrategy::RoundUp
                    : pure ? Halide::TailStrategy::ShiftInwards
                           : Halide::TailStrategy::GuardWithIf;
  definition.vectorize(axes.back(), width, exact && !pure ? Halide::TailStrategy::Auto : tail);
}

void schedule_stage(Stage& stage, const Graph& body, const CpuTarget& target) {
  stage.func.compute_root();
  vectorise_last(stage.func, stage.axes, body[stage.node], true, target);
  for (int update = 0; update < stage.func.num_update_definitions(); ++update)
    vectorise_last(stage.func.update(update), stage.axes, body[stage.node], false, target);
}

}  // namespace

void schedule(const Kernel& kernel, LoweredKernel& lowered, const CpuTarget& target) {
  for (Stage& stage : lowered.stages) schedule_stage(stage, kernel.body, target);
  for (Stage& stage : lowered.copies) schedule_stage(stage, kernel.body, target);
  for (OverwritingStage& stage : lowered.overwriting) {
    const Node& node = kernel.body[kernel.body.outputs[stage.outputs.front()].node];
    vectorise_last(stage.func.update(), stage.axes, node, false, target);
  }
}

}  // namespace dnnc
