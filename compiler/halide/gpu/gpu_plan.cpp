#include "compiler/halide/gpu/gpu_plan.h"

#include <algorithm>

#include "compiler/kernels/access.h"

namespace dnnc {
namespace {

/// So few results leave most of a device idle: long reductions to them are cut into parts, each of so many terms at least.
constexpr int64_t few_results = 2048, terms_of_part = 512, most_parts = 64;

/// The largest divisor of the extent up to `most`.
int64_t divisor_up_to(int64_t extent, int64_t most) {
  int64_t divisor = std::min(extent, most);
  while (extent % divisor != 0) --divisor;
  return divisor;
}

int64_t terms_of(const Comprehension& formula) {
  int64_t terms = 1;
  for (const Axis& axis : formula.reduced) terms *= axis.extent;
  return terms;
}

ReductionCut cut_of_reduction(const Graph& body, NodeId node) {
  ReductionCut cut;
  const Comprehension& formula = *formula_of(body, node);
  const int64_t results = element_count(body[node]), terms = terms_of(formula);
  const int64_t parts = std::min({most_parts, few_results / std::max<int64_t>(1, results), terms / terms_of_part});
  if (parts > 1) cut.parts = divisor_up_to(formula.reduced.front().extent, parts);
  return cut;
}

/// Threads that are neighbours run along the vector index; each computes a tile of that index and of one that moves the
/// other operand, so that what it loads serves several sums. Tiles divide the result: no thread computes what is not asked.
ContractionCut cut_of_contraction(const Contraction& contraction, const VectorChoice& along, const GpuTarget& target) {
  ContractionCut cut;
  cut.vector_index = along.index;
  cut.tile.assign(contraction.outputs, 1);
  int64_t side = 1;
  while (4 * side * side <= target.most_sums) side *= 2;
  cut.tile[along.index] = divisor_up_to(contraction.extents[along.index], side);
  int64_t rest = target.most_sums / cut.tile[along.index];
  const ContractionOperand& other = contraction.operands[1 - along.operand];
  for (uint32_t index = static_cast<uint32_t>(contraction.outputs); index-- > 0 && rest > 1;) {
    if (index == along.index || !other.depends_on(index) || !contraction.may_be_tiled(index)) continue;
    cut.tile[index] = divisor_up_to(contraction.extents[index], std::min(rest, side));
    rest /= cut.tile[index];
  }
  for (auto index = static_cast<uint32_t>(contraction.extents.size()); index-- > contraction.outputs;)
    cut.reductions.push_back(index);
  return cut;
}

std::optional<VectorChoice> best_choice(const Contraction& contraction) {
  std::optional<VectorChoice> best;
  for (const VectorChoice& choice : vector_choices(contraction))
    if (!best || (choice.side_by_side && !best->side_by_side)) best = choice;
  return best;
}

}  // namespace

GpuPlan plan_for_gpu(const Kernel& kernel, const KernelStructure& structure, const GpuTarget& target) {
  GpuPlan plan;
  for (const auto& [node, contraction] : structure.contractions)
    if (const auto choice = best_choice(contraction))
      plan.all.contractions.emplace(node, cut_of_contraction(contraction, *choice, target));
    else plan.all.reductions.emplace(node, cut_of_reduction(kernel.body, node));
  for (const NodeId node : structure.reductions) plan.all.reductions.emplace(node, cut_of_reduction(kernel.body, node));
  // In its own thread a group may compute what it alone reads: one contraction by tiles, or reductions point by point.
  for (const OutputGroup& group : structure.groups) {
    std::vector<NodeId> taken_in;
    for (const NodeId node : group.reductions) {
      const bool tiled = plan.all.contractions.contains(node);
      const bool first_is_tiled = !taken_in.empty() && plan.all.contractions.contains(taken_in.front());
      if (!group.overwrites && (taken_in.empty() || (!tiled && !first_is_tiled))) taken_in.push_back(node);
    }
    plan.all.taken_in.push_back(std::move(taken_in));
  }
  return plan;
}

}  // namespace dnnc
