#include "compiler/halide/schedule_pointwise.h"

#include <algorithm>

#include "compiler/halide/reduction_plan.h"

namespace dnnc {
namespace {

using Halide::TailStrategy;
using Halide::Var;

/// Cuts the last axis into runs of vectors; gives the loop over them, if it is more than one.
std::optional<Var> cut_into_vectors(PlainLoops& loops, std::vector<Halide::VarOrRVar>& inner) {
  Var axis = loops.axes.back();
  const int64_t extent = loops.extents.back(), width = std::min(loops.width, extent);
  if (width <= 1) return axis;
  std::optional<Var> outer;
  Var run = axis;
  if (width < extent) {
    outer = Var(axis.name() + "o");
    run = Var(axis.name() + "r");
    const auto tail = extent % width == 0 ? TailStrategy::Auto
                      : loops.is_update   ? TailStrategy::GuardWithIf
                                          : TailStrategy::ShiftInwards;
    loops.definition.split(axis, *outer, run, static_cast<int>(width), tail);
  }
  if (width > loops.vector && width % loops.vector == 0) {
    const Var vector(axis.name() + "v"), lane(axis.name() + "l");
    loops.definition.split(run, vector, lane, static_cast<int>(loops.vector)).vectorize(lane).unroll(vector);
    inner = {lane, vector};
  } else {
    loops.definition.vectorize(run);
    inner = {run};
  }
  return outer;
}

}  // namespace

std::optional<Var> schedule_plainly(PlainLoops loops) {
  if (loops.axes.empty()) return std::nullopt;
  std::vector<Halide::VarOrRVar> order;
  const auto along = cut_into_vectors(loops, order);
  std::vector<std::pair<Var, int64_t>> outer;
  const int64_t width = std::max<int64_t>(1, std::min(loops.width, loops.extents.back()));
  if (along) outer.emplace_back(*along, (loops.extents.back() + width - 1) / width);
  for (size_t axis = loops.axes.size() - 1; axis-- > 0;) outer.emplace_back(loops.axes[axis], loops.extents[axis]);
  for (const auto& [loop, trips] : outer) order.emplace_back(loop);
  loops.definition.reorder(order);
  if (outer.empty()) return std::nullopt;
  const int64_t tasks = std::min(tasks_for(loops.cycles), outer.back().second);
  if (tasks > 1) {
    const Var task("task"), inside("inside");
    const int64_t trips = (outer.back().second + tasks - 1) / tasks;
    loops.definition.split(outer.back().first, task, inside, static_cast<int>(trips), TailStrategy::GuardWithIf);
    loops.definition.parallel(task);
    if (outer.size() == 1) return inside;
  }
  return outer.front().first;
}

}  // namespace dnnc
