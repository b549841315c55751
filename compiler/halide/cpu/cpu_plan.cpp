#include "compiler/halide/cpu/cpu_plan.h"

#include "compiler/kernels/access.h"
#include "compiler/kernels/cost.h"

namespace dnnc {
namespace {

/// Operations an element: a tile is unrolled, a draw would fill pages of code.
constexpr int64_t most_work_in_tile = 36;

/// Whether every tile divides the result: only then may a tile be updated in place.
bool is_exact(const Contraction& contraction, const ContractionPlan& plan) {
  for (size_t index = 0; index < plan.tile.size(); ++index)
    if (contraction.extents[index] % plan.tile[index] != 0) return false;
  return true;
}

class CpuPlanning {
 public:
  CpuPlanning(const Kernel& kernel, const KernelStructure& structure, const CpuTarget& target)
      : body_(kernel.body), structure_(structure), target_(target) {}

  CpuPlan run() {
    for (const auto& [node, contraction] : structure_.contractions)
      if (auto plan = plan_contraction(contraction, target_)) plan_.contractions.emplace(node, std::move(*plan));
      else plan_.reductions.emplace(node, plan_reduction(body_, node, target_));
    for (NodeId node : structure_.reductions) plan_.reductions.emplace(node, plan_reduction(body_, node, target_));
    for (const OutputGroup& group : structure_.groups) plan_.taken_in.push_back(taken_in_by(group));
    return std::move(plan_);
  }

 private:
  /// Operations an element of what is computed at each point of the group.
  int64_t work_in(const OutputGroup& group) const {
    int64_t work = 0, elements = 1;
    for (NodeId node : node_ids(body_)) {
      const Comprehension* formula = formula_of(body_, node);
      if (!formula || formula->reduction != Reduction::None || extents_of(body_[node].axes) != group.extents) continue;
      work += work_of(body_, node);
      elements = element_count(body_[node]);
    }
    return work / elements;
  }

  /// One contraction of which a tile is all that the group needs, or reductions whose lanes run alike.
  bool takes_in(const OutputGroup& group, const std::vector<NodeId>& before, NodeId node) const {
    if (const auto plan = plan_.contractions.find(node); plan != plan_.contractions.end()) {
      if (group.overwrites && !is_exact(structure_.contractions.at(node), plan->second)) return false;
      return work_in(group) <= most_work_in_tile && !plan->second.memory_sum && before.empty();
    }
    if (group.overwrites) return false;
    if (before.empty()) return true;
    const auto first = plan_.reductions.find(before.front());
    return first != plan_.reductions.end() && first->second.along == plan_.reductions.at(node).along;
  }

  std::vector<NodeId> taken_in_by(const OutputGroup& group) const {
    std::vector<NodeId> taken_in;
    for (NodeId node : group.reductions)
      if (takes_in(group, taken_in, node)) taken_in.push_back(node);
    return taken_in;
  }

  const Graph& body_;
  const KernelStructure& structure_;
  const CpuTarget& target_;
  CpuPlan plan_;
};

}  // namespace

KernelCuts CpuPlan::cuts() const {
  return {{contractions.begin(), contractions.end()}, {reductions.begin(), reductions.end()}, taken_in};
}

CpuPlan plan_for_cpu(const Kernel& kernel, const KernelStructure& structure, const CpuTarget& target) {
  return CpuPlanning(kernel, structure, target).run();
}

}  // namespace dnnc
