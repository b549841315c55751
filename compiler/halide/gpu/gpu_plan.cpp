#include "compiler/halide/gpu/gpu_plan.h"

#include <algorithm>

#include "compiler/kernels/access.h"

namespace dnnc {
namespace {

/// So few results leave most of a device idle: long reductions to them are cut into parts, each of so many terms at least.
constexpr int64_t few_results = 2048, terms_of_part = 512, most_parts = 64;
/// Of a contraction.
constexpr int64_t fewest_terms_of_part = 32;

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

/// A way to share the sums of a contraction out among threads.
struct Sharing {
  ContractionCut cut;
  double cycles = 0;
};

/// What the threads take together, and what the longest of them does: in a cycle each adds one product or loads one number.
/// Sums in parts are added by one more launch, in which a thread loads all parts of a sum.
double cycles_of(const Contraction& contraction, const ContractionCut& cut, uint32_t other, const GpuTarget& target) {
  const int64_t along = cut.tile[cut.vector_index], across = other == cut.vector_index ? 1 : cut.tile[other];
  int64_t parts = 1;
  if (cut.memory_sum) parts = contraction.extents[cut.memory_sum->index] / cut.memory_sum->block;
  const double sums = static_cast<double>(contraction.output_elements());
  const double one = static_cast<double>(contraction.terms()) / static_cast<double>(parts) *
                     static_cast<double>(along * across + along + across);
  const auto at_once = [&](double threads, double each) {
    return std::max(each, threads * each / static_cast<double>(target.busy_threads));
  };
  const double cycles = at_once(sums / static_cast<double>(along * across) * static_cast<double>(parts), one);
  return parts == 1
             ? cycles
             : cycles + static_cast<double>(target.cycles_of_launch) + at_once(sums, 2.0 * static_cast<double>(parts));
}

/// The index of the result across the vector index by which a thread computes several sums: one that moves the other operand.
/// The vector index itself if there is none.
uint32_t index_across(const Contraction& contraction, const VectorChoice& along) {
  const ContractionOperand& other = contraction.operands[1 - along.operand];
  for (uint32_t index = static_cast<uint32_t>(contraction.outputs); index-- > 0;)
    if (index != along.index && other.depends_on(index) && contraction.may_be_tiled(index) &&
        contraction.extents[index] > 1)
      return index;
  return along.index;
}

/// The cuts of the terms into equal parts of which each is long enough.
std::vector<std::optional<MemorySum>> cuts_of_terms(const Contraction& contraction) {
  std::vector<std::optional<MemorySum>> cuts = {std::nullopt};
  for (auto index = static_cast<uint32_t>(contraction.outputs); index < contraction.extents.size(); ++index) {
    const int64_t extent = contraction.extents[index];
    for (int64_t parts = 2; parts <= std::min(extent, most_parts); ++parts)
      if (extent % parts == 0 && contraction.terms() / parts >= fewest_terms_of_part)
        cuts.push_back(MemorySum{index, extent / parts, true});
  }
  return cuts;
}

/// Threads that are neighbours run along the vector index; each computes a tile of that index and of one that moves the
/// other operand, so that what it loads serves several sums. Tiles divide the result: no thread computes what is not asked. Few
/// sums are given to more threads, by smaller tiles and in parts, as long as that takes less time.
ContractionCut cut_of_contraction(const Contraction& contraction, const VectorChoice& along, const GpuTarget& target) {
  const uint32_t across = index_across(contraction, along);
  int64_t side = 1;
  while (4 * side * side <= target.most_sums) side *= 2;
  std::optional<Sharing> best;
  for (const std::optional<MemorySum>& memory_sum : cuts_of_terms(contraction))
    for (int64_t length = side; length > 0; length /= 2)
      for (int64_t width = side; width > 0; width /= 2) {
        Sharing one;
        one.cut.vector_index = along.index;
        one.cut.tile.assign(contraction.outputs, 1);
        one.cut.tile[along.index] = divisor_up_to(contraction.extents[along.index], length);
        if (across != along.index) one.cut.tile[across] = divisor_up_to(contraction.extents[across], width);
        one.cut.memory_sum = memory_sum;
        one.cycles = cycles_of(contraction, one.cut, across, target);
        if (!best || one.cycles < best->cycles) best = std::move(one);
      }
  for (auto index = static_cast<uint32_t>(contraction.extents.size()); index-- > contraction.outputs;)
    best->cut.reductions.push_back(index);
  return best->cut;
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
