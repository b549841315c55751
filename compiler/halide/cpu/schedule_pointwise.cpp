#include "compiler/halide/cpu/schedule_pointwise.h"

#include <algorithm>

#include "compiler/halide/cpu/reduction_plan.h"

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

/// As many tasks as the length asks for, of equally many vectors; the last vector may end anywhere.
void cut_any_length(PlainLoops& loops) {
  const Var axis = loops.axes.front(), vector("vector"), lane("lane"), task("task"), inside("inside");
  const auto lanes = static_cast<int>(loops.vector);
  const double cycles_per_vector = loops.cycles * lanes / static_cast<double>(loops.extents.front());
  const auto most = static_cast<int>(pieces_of_task(cycles_per_vector));
  const Halide::Expr vectors = (loops.length + lanes - 1) / lanes;
  const Halide::Expr tasks = (vectors + most - 1) / most;
  const Halide::Expr trips = (vectors + tasks - 1) / Halide::max(tasks, 1);
  loops.definition.split(axis, vector, lane, lanes, TailStrategy::GuardWithIf)
      .vectorize(lane)
      .split(vector, task, inside, trips, TailStrategy::GuardWithIf)
      .parallel(task);
}

}  // namespace

std::optional<Var> schedule_plainly(PlainLoops loops) {
  if (loops.axes.empty()) return std::nullopt;
  if (loops.length.defined()) {
    cut_any_length(loops);
    return std::nullopt;
  }
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
