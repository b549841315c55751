#include "compiler/halide/cpu/schedule_contraction.h"

#include <algorithm>
#include <map>

#include "compiler/halide/cpu/reduction_plan.h"

namespace dnnc {
namespace {

using Halide::RVar;
using Halide::TailStrategy;
using Halide::Var;
using Halide::VarOrRVar;

/// The loops over tiles, innermost first, and the index of the result whose loop is cut into tasks.
struct TiledLoops {
  std::vector<VarOrRVar> outer;
  std::optional<uint32_t> task_index;
};

/// The loops of the definition that takes the sums: inside a tile all is unrolled and vectorised, over tiles go loops.
class TileLoops {
 public:
  TileLoops(const Contraction& contraction, const ContractionPlan& plan, Halide::Stage tiled, bool is_update,
            const std::vector<Var>& axes, int lanes)
      : contraction_(contraction),
        plan_(plan),
        tiled_(std::move(tiled)),
        is_update_(is_update),
        axes_(axes),
        lanes_(lanes) {}

  TiledLoops run(const std::vector<RVar>& memory) {
    const auto last = static_cast<uint32_t>(contraction_.outputs - 1);
    if (plan_.vector_index == last) {
      split_vectors(last);
    } else {
      split_run(last);
    }
    for (uint32_t index = 0; index < contraction_.outputs; ++index)
      if (index != last) split_unrolled(index);
    std::vector<VarOrRVar> outer;
    for (uint32_t index : plan_.loops)
      if (contraction_.is_output(index)) outer.emplace_back(outer_.at(index));
      else outer.emplace_back(memory.front());
    for (const auto& [index, loop] : outer_)
      if (!std::count(plan_.loops.begin(), plan_.loops.end(), index)) outer.emplace_back(loop);
    std::vector<VarOrRVar> order = inner_;
    order.insert(order.end(), outer.begin(), outer.end());
    tiled_.reorder(order);
    const auto task_index = cut_into_tasks(order, outer);
    return {outer, task_index};
  }

 private:
  int64_t extent(uint32_t index) const { return contraction_.extents[index]; }
  Var part(uint32_t index, const char* which) const { return Var(axes_[index].name() + which); }

  /// Operands that several tasks read, if the loop over tiles of this index is cut into tasks.
  int64_t read_by_all(uint32_t index) const {
    int64_t elements = 0;
    for (const ContractionOperand& operand : contraction_.operands)
      if (!operand.depends_on(index)) elements += operand.element_count();
    return elements;
  }

  /// Cuts one loop over tiles into tasks, outside of all other loops: the one whose tasks read least in common.
  std::optional<uint32_t> cut_into_tasks(std::vector<VarOrRVar> order, std::vector<VarOrRVar>& outer) {
    const int64_t wanted = tasks_for(plan_.cycles);
    std::optional<uint32_t> best;
    const auto tasks_of = [&](uint32_t index) { return std::min(wanted, trips(index)); };
    for (const auto& [index, loop] : outer_) {
      if (tasks_of(index) < 2) continue;
      const bool more = best && tasks_of(index) >= 4 && tasks_of(*best) < 4;
      const bool fewer = best && tasks_of(index) < 4 && tasks_of(*best) >= 4;
      if (!best || more || (!fewer && read_by_all(index) < read_by_all(*best))) best = index;
    }
    if (!best) return best;
    const Var task("task"), inside("inside");
    const Var loop = outer_.at(*best);
    const int64_t chunk = (trips(*best) + tasks_of(*best) - 1) / tasks_of(*best);
    tiled_.split(loop, task, inside, static_cast<int>(chunk), TailStrategy::GuardWithIf);
    for (auto* loops : {&order, &outer})
      for (VarOrRVar& one : *loops)
        if (!one.is_rvar && one.var.same_as(loop)) one = inside;
    order.emplace_back(task);
    tiled_.reorder(order).parallel(task);
    return best;
  }

  int64_t trips(uint32_t index) const { return (extent(index) + plan_.tile[index] - 1) / plan_.tile[index]; }

  /// Cuts an axis into tiles; gives the variable inside a tile.
  Var cut(uint32_t index) {
    const int64_t width = plan_.tile[index];
    if (width >= extent(index)) return axes_[index];
    const Var outer = part(index, "o"), inner = part(index, "t");
    const bool exact = extent(index) % width == 0;
    // A tile that is moved inwards would be read from the ends of two panels.
    const bool masked = is_update_ || index == plan_.panels[plan_.vector_operand];
    const auto tail = exact ? TailStrategy::Auto : masked ? TailStrategy::PredicateStores : TailStrategy::ShiftInwards;
    tiled_.split(axes_[index], outer, inner, static_cast<int>(width), tail);
    outer_.insert_or_assign(index, outer);
    return inner;
  }

  /// The vector index, where it is the last axis of the result: whole vectors are stored.
  void split_vectors(uint32_t index) {
    const Var inner = cut(index);
    const int64_t width = std::min(plan_.tile[index], extent(index));
    const auto tail = width % lanes_ == 0 ? TailStrategy::Auto : TailStrategy::PredicateStores;
    if (width <= lanes_) {
      if (width == lanes_) tiled_.vectorize(inner);
      else tiled_.vectorize(inner, lanes_, tail);
      inner_.emplace_back(inner);
      return;
    }
    const Var vector = part(index, "w"), lane = part(index, "l");
    tiled_.split(inner, vector, lane, lanes_, tail).vectorize(lane).unroll(vector);
    inner_.emplace_back(lane);
    inner_.emplace_back(vector);
  }

  /// The last axis of a transposed result: a run of it is stored for each lane.
  void split_run(uint32_t index) {
    const Var inner = cut(index);
    const int64_t width = plan_.tile[index];
    if (width > 1) tiled_.vectorize(inner, static_cast<int>(width));
    inner_.emplace_back(inner);
  }

  void split_unrolled(uint32_t index) {
    if (plan_.tile[index] == 1) {
      outer_.insert_or_assign(index, axes_[index]);
      return;
    }
    const Var inner = cut(index);
    tiled_.unroll(inner);
    inner_.emplace_back(inner);
  }

  const Contraction& contraction_;
  const ContractionPlan& plan_;
  Halide::Stage tiled_;
  bool is_update_;
  const std::vector<Var>& axes_;
  int lanes_;
  std::vector<VarOrRVar> inner_;
  std::map<uint32_t, Var> outer_;
};

/// A tile of sums, in registers: every definition alike, the reductions' loops around the tile.
void schedule_sums(const ContractionFuncs& funcs, const ContractionPlan& plan, Halide::Stage definition, bool is_update,
                   int lanes) {
  const Var along = funcs.indices[plan.vector_index];
  std::vector<VarOrRVar> order;
  if (plan.tile[plan.vector_index] > lanes) {
    const Var vector("w"), lane("l");
    definition.split(along, vector, lane, lanes, TailStrategy::RoundUp).vectorize(lane).unroll(vector);
    order = {lane, vector};
  } else {
    definition.vectorize(along, lanes, TailStrategy::RoundUp);
    order = {along};
  }
  for (size_t index = 0; index < funcs.indices.size(); ++index) {
    if (index == plan.vector_index) continue;
    order.emplace_back(funcs.indices[index]);
    if (plan.tile[index] > 1) definition.unroll(funcs.indices[index]);
  }
  if (is_update) order.insert(order.end(), funcs.reduced.begin(), funcs.reduced.end());
  order.insert(order.end(), funcs.blocks.begin(), funcs.blocks.end());
  definition.reorder(order);
  for (size_t k = 0; is_update && k < funcs.reduced.size(); ++k)
    if (plan.unroll[k] > 1) definition.unroll(funcs.reduced[k], static_cast<int>(plan.unroll[k]), TailStrategy::Auto);
}

/// Copies an operand into panels: row by row, or, where its last axis is not the one that is cut, by 8 x 8 blocks, of
/// which eight rows are loaded as vectors and their columns stored.
void schedule_packing(PanelFuncs& panels, const ContractionOperand& operand, int lanes) {
  const Var column = panels.axes[panels.axis], row = panels.axes.back();
  if (panels.axis + 1 == operand.extents.size()) {
    std::vector<VarOrRVar> order = {column, panels.panel};
    for (size_t axis = panels.axis; axis-- > 0;) order.emplace_back(panels.axes[axis]);
    panels.packed.reorder(order).vectorize(column, static_cast<int>(panels.width % lanes == 0 ? lanes : panels.width));
    return;
  }
  const int64_t row_length = operand.extents.back();
  const int width = static_cast<int>(std::min<int64_t>(8, row_length));
  const auto tail = row_length % width == 0 ? TailStrategy::Auto : TailStrategy::ShiftInwards;
  const Var column_block("cb"), column_inner("ci"), row_block("rb"), row_inner("ri");
  panels.packed.split(column, column_block, column_inner, 8, TailStrategy::RoundUp)
      .split(row, row_block, row_inner, width, tail)
      .reorder(column_inner, row_inner, column_block, row_block)
      .vectorize(column_inner)
      .unroll(row_inner);
  panels.loaded.compute_at(panels.packed, column_block).vectorize(row).unroll(column);
}

/// Cuts the copy of a whole operand into tasks: by panels, or, where each row is a piece of every panel, by rows.
void cut_packing_into_tasks(PanelFuncs& panels, const Contraction& contraction) {
  const ContractionOperand& operand = contraction.operands[panels.operand];
  const bool by_rows = panels.axis + 1 == operand.extents.size() && panels.axis > 0;
  const int64_t count =
      by_rows ? operand.extents.front() : (panels.width - 1 + contraction.extents[panels.index]) / panels.width;
  const int64_t tasks = std::min(tasks_for(0.5 * static_cast<double>(operand.element_count())), count);
  if (tasks < 2) return;
  const Var task("task"), inside("inside");
  panels.packed
      .split(by_rows ? panels.axes.front() : panels.panel, task, inside, static_cast<int>((count + tasks - 1) / tasks),
             TailStrategy::GuardWithIf)
      .parallel(task);
}

/// The copy is made once, or, where the outermost loop moves on in the operand and tasks do not share it, anew in each
/// of its trips.
void place_packing(PanelFuncs& panels, const Contraction& contraction, const ContractionPlan& plan, Halide::Func result,
                   const TiledLoops& loops) {
  const ContractionOperand& operand = contraction.operands[panels.operand];
  const bool moves =
      plan.loops.size() > 1 && plan.loops.back() != panels.index && operand.depends_on(plan.loops.back());
  const bool shared = loops.task_index && !operand.depends_on(*loops.task_index);
  if (!moves || shared) {
    panels.packed.compute_root();
    cut_packing_into_tasks(panels, contraction);
    return;
  }
  const VarOrRVar& outermost = loops.outer[plan.loops.size() - 1];
  if (outermost.is_rvar) panels.packed.compute_at(result, outermost.rvar);
  else panels.packed.compute_at(result, outermost.var);
}

}  // namespace

void schedule_contraction(ContractionFuncs& funcs, const ContractionPlan& plan, Halide::Func result,
                          Halide::Stage tiled, bool is_update, const std::vector<Var>& axes, const CpuTarget& target) {
  const int lanes = target.vector_floats;
  const TiledLoops loops = TileLoops(funcs.contraction, plan, tiled, is_update, axes, lanes).run(funcs.memory);
  if (loops.outer.empty()) {
    funcs.sums.compute_root();
  } else if (loops.outer.front().is_rvar) {
    funcs.sums.compute_at(result, loops.outer.front().rvar);
  } else {
    funcs.sums.compute_at(result, loops.outer.front().var);
  }
  for (size_t index = 0; index < funcs.indices.size(); ++index)
    funcs.sums.bound_extent(funcs.indices[index], static_cast<int>(plan.tile[index]));
  schedule_sums(funcs, plan, funcs.sums, false, lanes);
  schedule_sums(funcs, plan, funcs.sums.update(), true, lanes);
  for (PanelFuncs& panels : funcs.panels) {
    schedule_packing(panels, funcs.contraction.operands[panels.operand], lanes);
    place_packing(panels, funcs.contraction, plan, result, loops);
  }
}

}  // namespace dnnc
