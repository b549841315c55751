#include "compiler/halide/cpu/reduction_plan.h"

#include <algorithm>
#include <cmath>

#include "compiler/kernels/access.h"
#include "compiler/kernels/cost.h"

namespace dnnc {
namespace {

constexpr double cycles_per_task = 80'000;  ///< some 25 us: a hundred times what it costs to begin one
constexpr int64_t most_tasks = 32;
// Several vectors side by side hide how long an addition takes; a term of so much work hides it alone.
constexpr int64_t costly_term = 32;
constexpr int64_t most_written_out = 16;  ///< terms
constexpr int64_t most_work_written_out =
    256;  ///< of all vectors: more is code that takes long to compile and to fetch

/// Elements from one value of the index to the next; std::nullopt where the distance is not always the same.
std::optional<int64_t> stride_of(const Graph& body, const Load& load, uint32_t index) {
  int64_t stride = 1, distance = 0;
  const auto& axes = body[load.source].axes;
  for (size_t axis = axes.size(); axis-- > 0;) {
    if (const auto* subscript = std::get_if<Affine>(&load.at[axis])) {
      for (const Term& term : subscript->terms) {
        if (term.index != index) continue;
        if (term.divisor != 1 || term.modulus != 0) return std::nullopt;
        distance += term.coefficient * stride;
      }
    } else if (stride == 1) {
      return std::nullopt;
    }
    stride *= axes[axis].extent;
  }
  return distance;
}

/// Whether lanes along the index read whole vectors, or one number for all lanes.
bool reads_without_gaps(const Graph& body, const Comprehension& formula, uint32_t index) {
  const auto loads = loads_of(formula);
  return std::all_of(loads.begin(), loads.end(), [&](const Load* load) {
    const auto stride = stride_of(body, *load, index);
    return stride == 0 || stride == 1;
  });
}

/// To compute one term.
int64_t work_of_term(const Graph& body, NodeId node) {
  int64_t terms = 1;
  for (const Axis& axis : all_axes(body[node])) terms *= axis.extent;
  return std::max<int64_t>(1, work_of(body, node) / terms);
}

/// The largest divisor of the extent up to `most`.
int64_t largest_divisor(int64_t extent, int64_t most) {
  int64_t found = 1;
  for (int64_t divisor = 2; divisor <= std::min(extent, most); ++divisor)
    if (extent % divisor == 0) found = divisor;
  return found;
}

}  // namespace

int64_t tasks_for(double cycles) {
  return static_cast<int64_t>(std::clamp(cycles / cycles_per_task, 1.0, static_cast<double>(most_tasks)));
}

int64_t pieces_of_task(double cycles) {
  return static_cast<int64_t>(std::max(1.0, cycles_per_task / std::max(cycles, 1.0)));
}

ReductionPlan plan_reduction(const Graph& body, NodeId node, const CpuTarget& target) {
  const Comprehension& formula = *formula_of(body, node);
  const auto& axes = body[node].axes;
  const int64_t vector = target.vector_floats, row = formula.reduced.back().extent;
  const auto last_kept = static_cast<uint32_t>(axes.size() - 1);
  const auto last_reduced = static_cast<uint32_t>(axes.size() + formula.reduced.size() - 1);
  const int64_t kept = axes.empty() ? 1 : axes.back().extent, term = work_of_term(body, node);
  const bool good_kept = kept >= vector / 2 && reads_without_gaps(body, formula, last_kept);
  const bool good_reduced = row >= vector && reads_without_gaps(body, formula, last_reduced);
  ReductionPlan plan;
  plan.vector = vector;
  if (!good_kept && (good_reduced || (kept == 1 && row >= vector))) {
    plan.along = ReductionPlan::Lanes::Reduced;
    plan.lanes = row >= 32 * vector ? 4 * vector : row >= 8 * vector ? 2 * vector : vector;
  } else {
    const int64_t most = term >= costly_term ? vector : 4 * vector;
    plan.lanes = kept >= most ? most : kept >= 2 * vector ? 2 * vector : std::min(kept, vector);
    const int64_t vectors = std::max<int64_t>(1, plan.lanes / vector);
    plan.written_out = std::clamp<int64_t>(most_work_written_out / (vectors * term), 1, most_written_out);
  }
  const double cycles = static_cast<double>(work_of(body, node)) / static_cast<double>(std::min(plan.lanes, vector));
  const int64_t wide = plan.along == ReductionPlan::Lanes::Kept ? plan.lanes : 1;
  const int64_t results = std::max<int64_t>(1, element_count(body[node]) / wide);
  if (results < tasks_for(cycles)) {
    const bool cut_row = plan.along == ReductionPlan::Lanes::Reduced && formula.reduced.size() == 1;
    const int64_t outermost = cut_row ? row / plan.lanes : formula.reduced.front().extent;
    plan.parts = largest_divisor(outermost, tasks_for(cycles));
  }
  return plan;
}

}  // namespace dnnc
