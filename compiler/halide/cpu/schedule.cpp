#include "compiler/halide/cpu/schedule.h"

#include <algorithm>

#include "compiler/halide/cpu/schedule_contraction.h"
#include "compiler/halide/cpu/schedule_pointwise.h"
#include "compiler/halide/cpu/schedule_reduction.h"
#include "compiler/halide/cpu/schedule_segments.h"
#include "compiler/kernels/cost.h"

namespace dnnc {
namespace {

class KernelSchedule {
 public:
  KernelSchedule(const Kernel& kernel, const CpuPlan& plan, LoweredKernel& lowered, const CpuTarget& target)
      : kernel_(kernel), body_(kernel.body), plan_(plan), lowered_(lowered), target_(target) {}

  void run() {
    for (Stage& stage : lowered_.stages)
      if (!stage.in_group) schedule_stage(stage);
    for (GroupStage& stage : lowered_.groups) schedule_group(stage);
  }

 private:
  PlainLoops plain_loops(Halide::Stage definition, const std::vector<Halide::Var>& axes, std::vector<int64_t> extents,
                         bool is_update, double work) const {
    const int64_t vector = target_.vector_floats;
    return {
        std::move(definition), axes, std::move(extents), is_update, vector, vector, work / static_cast<double>(vector)};
  }

  /// The loops that set a result to 0 before terms are added to it.
  static void schedule_zeros(PlainLoops loops, const Node& node) {
    loops.cycles = static_cast<double>(element_count(node)) / static_cast<double>(loops.vector);
    schedule_plainly(std::move(loops));
  }

  void schedule_stage(Stage& stage) {
    const Node& node = body_[stage.node];
    stage.func.compute_root();
    // All of it, also where only a part is read: its loops are cut for all, and a run of vectors must not begin before it.
    for (size_t axis = 0; axis < stage.axes.size(); ++axis)
      stage.func.bound(stage.axes[axis], 0, static_cast<int>(node.axes[axis].extent));
    const bool in_memory = stage.contraction && stage.contraction->cut.memory_sum;
    PlainLoops loops = plain_loops(stage.func, stage.axes, extents_of(node.axes), false,
                                   static_cast<double>(work_of(body_, stage.node)));
    if (stage.contraction) {
      if (in_memory) schedule_zeros(loops, node);
      Halide::Stage tiled = in_memory ? stage.func.update() : Halide::Stage(stage.func);
      schedule_contraction(*stage.contraction, plan_.contractions.at(stage.node), stage.func, tiled, in_memory,
                           stage.axes, target_);
    } else if (stage.reduction) {
      const ReductionPlan& plan = plan_.reductions.at(stage.node);
      loops.width = width_of(plan);
      if (stage.reduction->parts) loops.cycles = 0;
      schedule_reduction(*stage.reduction, plan, node, stage.func, schedule_plainly(loops));
    } else if (stage.segments) {
      schedule_zeros(loops, node);
      schedule_segments(stage, node, target_, loops.cycles);
    } else {
      schedule_plainly(loops);
    }
  }

  Stage& stage_of(NodeId node) {
    return *std::find_if(lowered_.stages.begin(), lowered_.stages.end(),
                         [&](const Stage& stage) { return stage.node == node; });
  }

  /// Operations of the group's outputs, of formulas of the same axes, and of the reductions that it takes in.
  double work_of_group(const OutputGroup& group) const {
    double work = 0;
    for (NodeId node : node_ids(body_)) {
      const auto* formula = std::get_if<Comprehension>(&body_[node].kind);
      if (!formula || extents_of(body_[node].axes) != group.extents) continue;
      const bool taken_in = std::count(group.reductions.begin(), group.reductions.end(), node) > 0;
      if (taken_in || formula->reduction == Reduction::None) work += static_cast<double>(work_of(body_, node));
    }
    return work;
  }

  void schedule_group(GroupStage& stage) {
    const bool overwrites = stage.group.overwrites;
    Halide::Stage definition = overwrites ? stage.func.update() : Halide::Stage(stage.func);
    const auto& reductions = stage.group.reductions;
    if (!reductions.empty() && stage_of(reductions.front()).contraction) {
      auto& contraction = *stage_of(reductions.front()).contraction;
      return schedule_contraction(contraction, plan_.contractions.at(reductions.front()), stage.func, definition,
                                  overwrites, stage.axes, target_);
    }
    PlainLoops loops = plain_loops(definition, stage.axes, stage.group.extents, overwrites, work_of_group(stage.group));
    if (kernel_.any_length && !stage.axes.empty()) loops.length = stage.func.output_buffers().front().dim(0).extent();
    for (size_t k = 0; k < reductions.size(); ++k) {
      const int64_t width = width_of(plan_.reductions.at(reductions[k]));
      loops.width = k == 0 ? width : std::min(loops.width, width);
      if (stage_of(reductions[k]).reduction->parts) loops.cycles = 0;
    }
    const auto at = schedule_plainly(loops);
    for (NodeId node : reductions)
      schedule_reduction(*stage_of(node).reduction, plan_.reductions.at(node), body_[node], stage.func, at);
  }

  const Kernel& kernel_;
  const Graph& body_;
  const CpuPlan& plan_;
  LoweredKernel& lowered_;
  const CpuTarget& target_;
};

}  // namespace

void schedule_for_cpu(const Kernel& kernel, const CpuPlan& plan, LoweredKernel& lowered, const CpuTarget& target) {
  KernelSchedule(kernel, plan, lowered, target).run();
}

}  // namespace dnnc
