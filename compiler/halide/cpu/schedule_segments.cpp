#include "compiler/halide/cpu/schedule_segments.h"

#include <algorithm>

#include "compiler/halide/cpu/reduction_plan.h"

namespace dnnc {
namespace {

using Halide::TailStrategy;
using Halide::Var;

/// Elements of a row that are added at once to their places.
constexpr int64_t most_of_row = 64;

struct SegmentLoop {
  Var var;
  int64_t trips;
};

/// The loops inside of that over terms, along the innermost axis told by no value; the loop over the rest of it, if it
/// is long, is added to `outer`.
std::vector<Halide::VarOrRVar> cut_row(Halide::Stage update, const Var& axis, int64_t extent, bool unit_stride,
                                       int64_t vector, std::vector<SegmentLoop>& outer) {
  Var row = axis;
  if (extent > most_of_row) {
    const Var block(axis.name() + "b"), part(axis.name() + "p");
    update.split(axis, block, part, static_cast<int>(most_of_row), TailStrategy::GuardWithIf);
    outer.push_back({block, (extent + most_of_row - 1) / most_of_row});
    row = part;
  }
  if (!unit_stride || extent == 1) return {row};
  if (extent <= vector) {
    update.vectorize(row);
    return {row};
  }
  const Var side(axis.name() + "v"), lane(axis.name() + "l");
  update.split(row, side, lane, static_cast<int>(vector), TailStrategy::GuardWithIf).vectorize(lane);
  return {lane, side};
}

}  // namespace

void schedule_segments(const Stage& stage, const Node& node, const CpuTarget& target, double cycles) {
  const SegmentFuncs& funcs = *stage.segments;
  Halide::Stage update = Halide::Func(stage.func).update();
  std::vector<SegmentLoop> outer;
  std::vector<Halide::VarOrRVar> order;
  bool innermost = true;
  for (size_t axis = node.axes.size(); axis-- > 0;) {
    if (funcs.told_by_value.contains(static_cast<uint32_t>(axis))) continue;
    const int64_t extent = node.axes[axis].extent;
    if (innermost)
      order = cut_row(update, stage.axes[axis], extent, axis + 1 == node.axes.size(), target.vector_floats, outer);
    else outer.push_back({stage.axes[axis], extent});
    innermost = false;
  }
  order.insert(order.end(), funcs.terms.rbegin(), funcs.terms.rend());
  for (const SegmentLoop& loop : outer) order.emplace_back(loop.var);
  update.reorder(order);
  const int64_t tasks = outer.empty() ? 1 : std::min(tasks_for(cycles), outer.back().trips);
  if (tasks == 1) return;
  const Var task("task"), inside("inside");
  const int64_t trips = (outer.back().trips + tasks - 1) / tasks;
  update.split(outer.back().var, task, inside, static_cast<int>(trips), TailStrategy::GuardWithIf).parallel(task);
}

}  // namespace dnnc
