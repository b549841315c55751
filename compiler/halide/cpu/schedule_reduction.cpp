#include "compiler/halide/cpu/schedule_reduction.h"

#include <algorithm>

#include "compiler/kernels/access.h"

namespace dnnc {
namespace {

using Halide::Var;

void compute_at(Halide::Func func, const Halide::Func& reader, const std::optional<Var>& at) {
  if (at) func.compute_at(reader, *at);
  else func.compute_root();
}

/// Vectors along a lane variable, as many as there are side by side.
void vectorise(Halide::Stage definition, const Var& along, int64_t lanes, int64_t vector,
               std::vector<Halide::VarOrRVar>& order) {
  if (lanes > vector) {
    const Var side(along.name() + "v"), lane(along.name() + "l");
    definition.split(along, side, lane, static_cast<int>(vector)).vectorize(lane).unroll(side);
    order = {lane, side};
  } else {
    if (lanes > 1) definition.vectorize(along, static_cast<int>(lanes));
    order = {along};
  }
}

class ReductionSchedule {
 public:
  ReductionSchedule(ReductionFuncs& funcs, const ReductionPlan& plan, const Node& node)
      : funcs_(funcs), plan_(plan), node_(node) {}

  void run(const Halide::Func& result, const std::optional<Var>& at) {
    if (funcs_.parts) {
      schedule_parts();
    } else {
      compute_at(funcs_.partial, result, at);
    }
    schedule_partial(funcs_.partial, false);
    schedule_partial(funcs_.partial.update(), true);
    if (funcs_.folded) {
      compute_at(*funcs_.folded, result, at);
      std::vector<Halide::VarOrRVar> order;
      vectorise(*funcs_.folded, funcs_.lane[0], std::min(plan_.lanes, plan_.vector), plan_.vector, order);
    }
    if (funcs_.rest) compute_at(*funcs_.rest, result, at);
  }

 private:
  bool in_rows() const { return !funcs_.lane.empty(); }

  /// Each part is a task; within it results go to memory when their sums are complete.
  void schedule_parts() {
    Halide::Func& parts = *funcs_.parts;
    std::vector<Halide::VarOrRVar> order;
    std::optional<Var> at = funcs_.part[0];
    if (in_rows()) {
      vectorise(parts, funcs_.lane[0], plan_.lanes, plan_.vector, order);
      if (!funcs_.axes.empty()) at = funcs_.axes.back();
    } else if (!funcs_.axes.empty()) {
      const Var last = funcs_.axes.back();
      const int64_t extent = node_.axes.back().extent, width = std::min(plan_.lanes, extent);
      if (width < extent) {
        const Var outer("o"), run("r");
        const auto tail = extent % width ? Halide::TailStrategy::ShiftInwards : Halide::TailStrategy::Auto;
        parts.split(last, outer, run, static_cast<int>(width), tail);
        vectorise(parts, run, width, plan_.vector, order);
        order.emplace_back(outer);
        at = outer;
      } else {
        vectorise(parts, last, width, plan_.vector, order);
        if (funcs_.axes.size() > 1) at = funcs_.axes[funcs_.axes.size() - 2];
      }
    }
    for (size_t axis = funcs_.axes.size(); axis-- > 0;)
      if (in_rows() || axis + 1 < funcs_.axes.size()) order.emplace_back(funcs_.axes[axis]);
    order.emplace_back(funcs_.part[0]);
    parts.compute_root().reorder(order).parallel(funcs_.part[0]);
    funcs_.partial.compute_at(parts, *at);
  }

  /// The lanes innermost, and around them the loops of the reduction.
  void schedule_partial(Halide::Stage definition, bool is_update) {
    std::vector<Halide::VarOrRVar> order;
    if (in_rows()) vectorise(definition, funcs_.lane[0], plan_.lanes, plan_.vector, order);
    else if (!funcs_.axes.empty())
      vectorise(definition, funcs_.axes.back(), std::min(plan_.lanes, node_.axes.back().extent), plan_.vector, order);
    if (is_update) {
      const auto& reduced = std::get<Comprehension>(node_.kind).reduced;
      int64_t terms = 1;
      for (size_t k = reduced.size(); k-- > 0;) {
        order.emplace_back(funcs_.loops[k]);
        terms *= reduced[k].extent;
        if (!in_rows() && plan_.parts == 1 && terms <= plan_.written_out) definition.unroll(funcs_.loops[k]);
      }
    }
    for (size_t axis = funcs_.axes.size(); axis-- > 0;)
      if (in_rows() || axis + 1 < funcs_.axes.size()) order.emplace_back(funcs_.axes[axis]);
    order.insert(order.end(), funcs_.part.begin(), funcs_.part.end());
    if (!order.empty()) definition.reorder(order);
  }

  ReductionFuncs& funcs_;
  const ReductionPlan& plan_;
  const Node& node_;
};

}  // namespace

void schedule_reduction(ReductionFuncs& funcs, const ReductionPlan& plan, const Node& node, Halide::Func result,
                        std::optional<Var> at) {
  ReductionSchedule(funcs, plan, node).run(result, at);
}

int64_t width_of(const ReductionCut& cut) { return cut.along == ReductionCut::Lanes::Kept ? cut.lanes : 1; }

}  // namespace dnnc
