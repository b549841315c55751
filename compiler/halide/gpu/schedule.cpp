#include "compiler/halide/gpu/schedule.h"

#include <algorithm>

namespace dnnc {
namespace {

using Halide::TailStrategy;
using Halide::Var;

/// One dimension of a definition whose points threads share.
struct SharedAxis {
  Var var;
  int64_t tile = 1;  ///< points that one thread computes; divides the extent
};

/// All axes as one row, the last the fastest, which is cut into blocks of threads: what lies side by side is computed by
/// neighbours, and a definition of any shape fills blocks. Returns the loop over threads.
Var share_out_points(Halide::Stage definition, std::vector<SharedAxis> axes, const GpuTarget& target) {
  const Var block("block"), thread("thread");
  if (axes.empty()) {
    definition.split(Var::outermost(), Var::outermost(), block, 1).split(block, block, thread, 1);
    definition.gpu_blocks(block).gpu_threads(thread);
    return thread;
  }
  std::vector<Halide::VarOrRVar> order;
  std::vector<Var> outer;
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
    if (axis->tile == 1) {
      outer.push_back(axis->var);
      continue;
    }
    const Var tiles(axis->var.name() + "o"), inside(axis->var.name() + "i");
    definition.split(axis->var, tiles, inside, static_cast<int>(axis->tile), TailStrategy::GuardWithIf);
    order.emplace_back(inside);
    outer.push_back(tiles);
  }
  const std::vector<Halide::VarOrRVar> unrolled = order;
  order.insert(order.end(), outer.begin(), outer.end());
  if (order.size() > 1) definition.reorder(order);
  for (const Halide::VarOrRVar& inside : unrolled) definition.unroll(inside);
  Var row = outer.front();
  for (size_t k = 1; k < outer.size(); ++k) {
    const Var fused("row" + std::to_string(k));
    definition.fuse(row, outer[k], fused);
    row = fused;
  }
  definition.split(row, block, thread, static_cast<int>(target.threads), TailStrategy::GuardWithIf)
      .gpu_blocks(block)
      .gpu_threads(thread);
  return thread;
}

std::vector<SharedAxis> shared(const std::vector<Var>& axes) {
  std::vector<SharedAxis> all;
  for (const Var& axis : axes) all.push_back({axis});
  return all;
}

class GpuSchedule {
 public:
  GpuSchedule(const Kernel& kernel, LoweredKernel& lowered, const GpuTarget& target)
      : body_(kernel.body), lowered_(lowered), target_(target) {}

  void run() {
    for (Stage& stage : lowered_.stages)
      if (!stage.in_group) schedule_stage(stage);
    for (GroupStage& stage : lowered_.groups) schedule_group(stage);
  }

 private:
  static std::vector<SharedAxis> tiled(const std::vector<Var>& axes, const ContractionCut& cut) {
    std::vector<SharedAxis> all;
    for (size_t axis = 0; axis < axes.size(); ++axis) all.push_back({axes[axis], cut.tile[axis]});
    return all;
  }

  /// Sums of one thread stay in its registers: all loops over its tile are unrolled.
  static void keep_sums(ContractionFuncs& funcs, const Halide::Func& reader, const Var& thread) {
    Halide::Func sums = funcs.sums;
    sums.compute_at(reader, thread);
    std::vector<Halide::VarOrRVar> order;
    for (size_t index = 0; index < funcs.indices.size(); ++index) {
      sums.bound_extent(funcs.indices[index], static_cast<int>(funcs.cut.tile[index]));
      sums.unroll(funcs.indices[index]);
      order.emplace_back(funcs.indices[index]);
    }
    order.insert(order.end(), funcs.reduced.begin(), funcs.reduced.end());
    Halide::Stage update = sums.update();
    if (order.size() > 1) update.reorder(order);
    for (const Var& index : funcs.indices) update.unroll(index);
  }

  /// Sums in parts: each part of a tile is a thread's, which stores it for the reader of all.
  void share_out_parts(ContractionFuncs& funcs) {
    Halide::Func parts = *funcs.parts;
    const int64_t extent = funcs.contraction.extents[funcs.cut.memory_sum->index];
    parts.compute_root();
    std::vector<SharedAxis> axes = {{funcs.blocks[0]}};
    parts.bound(funcs.blocks[0], 0, static_cast<int>(extent / funcs.cut.memory_sum->block));
    for (size_t index = 0; index < funcs.indices.size(); ++index) {
      parts.bound(funcs.indices[index], 0, static_cast<int>(funcs.contraction.extents[index]));
      if (index != funcs.cut.vector_index) axes.push_back({funcs.indices[index], funcs.cut.tile[index]});
    }
    axes.push_back({funcs.indices[funcs.cut.vector_index], funcs.cut.tile[funcs.cut.vector_index]});
    keep_sums(funcs, parts, share_out_points(parts, axes, target_));
  }

  /// The loops of a contraction and of who reads it, whose definition has these axes.
  void schedule_contraction(ContractionFuncs& funcs, const Halide::Func& reader, const Halide::Stage& definition,
                            const std::vector<Var>& axes) {
    if (funcs.parts) {
      share_out_parts(funcs);
      share_out_points(definition, shared(axes), target_);
    } else {
      keep_sums(funcs, reader, share_out_points(definition, tiled(axes, funcs.cut), target_));
    }
  }

  void schedule_reduction(ReductionFuncs& funcs, const Node& node, const Halide::Func& reader, const Var& thread) {
    if (!funcs.parts) {
      funcs.partial.compute_at(reader, thread);
      return;
    }
    Halide::Func parts = *funcs.parts;
    parts.compute_root();
    std::vector<Var> axes = funcs.part;
    for (size_t axis = 0; axis < funcs.axes.size(); ++axis)
      parts.bound(funcs.axes[axis], 0, static_cast<int>(node.axes[axis].extent));
    parts.bound(funcs.part[0], 0, static_cast<int>(funcs.cut.parts));
    axes.insert(axes.end(), funcs.axes.begin(), funcs.axes.end());
    funcs.partial.compute_at(parts, share_out_points(parts, shared(axes), target_));
  }

  void schedule_stage(Stage& stage) {
    const Node& node = body_[stage.node];
    stage.func.compute_root();
    for (size_t axis = 0; axis < stage.axes.size(); ++axis)
      stage.func.bound(stage.axes[axis], 0, static_cast<int>(node.axes[axis].extent));
    if (stage.contraction) {
      schedule_contraction(*stage.contraction, stage.func, stage.func, stage.axes);
      return;
    }
    const Var thread = share_out_points(stage.func, shared(stage.axes), target_);
    if (stage.reduction) schedule_reduction(*stage.reduction, node, stage.func, thread);
    if (stage.segments) schedule_segments(stage);
  }

  /// Terms are added in order, those of different places that no value tells by different threads.
  void schedule_segments(Stage& stage) {
    Halide::Stage update = stage.func.update();
    std::vector<Var> axes;
    for (size_t axis = 0; axis < stage.axes.size(); ++axis)
      if (!stage.segments->told_by_value.contains(static_cast<uint32_t>(axis))) axes.push_back(stage.axes[axis]);
    std::vector<Halide::VarOrRVar> order(stage.segments->terms.rbegin(), stage.segments->terms.rend());
    order.insert(order.end(), axes.rbegin(), axes.rend());
    if (order.size() > 1) update.reorder(order);
    share_out_points(update, shared(axes), target_);
  }

  Stage& stage_of(NodeId node) {
    return *std::find_if(lowered_.stages.begin(), lowered_.stages.end(),
                         [&](const Stage& stage) { return stage.node == node; });
  }

  void schedule_group(GroupStage& stage) {
    const auto& reductions = stage.group.reductions;
    Halide::Stage definition = stage.func;
    if (stage.group.overwrites) {
      share_out_points(stage.func, shared(stage.axes), target_);
      definition = stage.func.update();
    }
    if (!reductions.empty() && stage_of(reductions.front()).contraction) {
      schedule_contraction(*stage_of(reductions.front()).contraction, stage.func, definition, stage.axes);
      return;
    }
    const Var thread = share_out_points(definition, shared(stage.axes), target_);
    for (const NodeId node : reductions) schedule_reduction(*stage_of(node).reduction, body_[node], stage.func, thread);
  }

  const Graph& body_;
  LoweredKernel& lowered_;
  const GpuTarget& target_;
};

}  // namespace

void schedule_for_gpu(const Kernel& kernel, const GpuPlan&, LoweredKernel& lowered, const GpuTarget& target) {
  GpuSchedule(kernel, lowered, target).run();
}

}  // namespace dnnc
