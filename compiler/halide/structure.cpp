#include "compiler/halide/structure.h"

#include <algorithm>

#include "compiler/kernels/access.h"

namespace dnnc {
namespace {

bool is_pointwise(const Graph& body, NodeId node) {
  const Comprehension* formula = formula_of(body, node);
  return formula && formula->reduction == Reduction::None;
}

/// Whether all that read `source` are among `readers` and read it at their own place.
bool read_only_at_own_place(const Graph& body, NodeId source, const std::set<NodeId>& readers) {
  for (NodeId reader : node_ids(body)) {
    const auto sources = sources_of(body, reader);
    if (std::find(sources.begin(), sources.end(), source) == sources.end()) continue;
    const Comprehension* formula = formula_of(body, reader);
    if (!readers.contains(reader) || !formula) return false;
    for (const Load* load : loads_of(*formula))
      if (load->source == source && !(at_own_place(*load) && equal_extents(body[source], body[reader]))) return false;
  }
  return true;
}

/// Nodes of these axes without a reduction that are read only by each other, at the same point: outputs and what is
/// between them.
std::set<NodeId> computed_together(const Graph& body, const std::vector<int64_t>& extents) {
  std::set<NodeId> together;
  for (NodeId node : node_ids(body))
    if (is_pointwise(body, node) && extents_of(body[node].axes) == extents) together.insert(node);
  for (bool changed = true; changed;) {
    changed = false;
    for (NodeId node : std::set<NodeId>(together))
      if (!read_only_at_own_place(body, node, together)) changed |= together.erase(node) > 0;
  }
  return together;
}

/// Whether every tile of the plan divides the result: only then may a tile be updated in place.
bool is_exact(const PlannedContraction& planned) {
  for (size_t index = 0; index < planned.plan.tile.size(); ++index)
    if (planned.contraction.extents[index] % planned.plan.tile[index] != 0) return false;
  return true;
}

/// Sums a contraction inside the group, if it is read there only.
void take_in_contraction(const Graph& body, OutputGroup& group, const std::set<NodeId>& members,
                         const KernelStructure& structure) {
  for (const auto& [node, planned] : structure.contractions) {
    if (extents_of(body[node].axes) != group.extents || planned.plan.memory_sum) continue;
    if (group.overwrites && !is_exact(planned)) continue;
    const auto sources_read = [&](NodeId member) {
      const auto sources = sources_of(body, member);
      return std::find(sources.begin(), sources.end(), node) != sources.end();
    };
    if (std::none_of(members.begin(), members.end(), sources_read)) continue;
    if (!read_only_at_own_place(body, node, members)) continue;
    group.contraction = node;
    if (const auto output = output_of(body, node)) group.outputs.push_back(*output);
    return;
  }
}

void add_group(const Kernel& kernel, const std::vector<int64_t>& extents, KernelStructure& structure) {
  const Graph& body = kernel.body;
  const std::set<NodeId> members = computed_together(body, extents);
  OutputGroup group;
  group.extents = extents;
  std::set<NodeId> stored;
  for (size_t k = 0; k < body.outputs.size(); ++k) {
    const NodeId node = body.outputs[k].node;
    if (!members.contains(node) || !stored.insert(node).second) continue;
    group.outputs.push_back(k);
    group.overwrites = group.overwrites || kernel.in_place[k] >= 0;
  }
  if (group.outputs.empty()) return;
  for (NodeId member : members)
    if (!stored.contains(member)) structure.inlined.insert(member);
  take_in_contraction(body, group, members, structure);
  structure.groups.push_back(std::move(group));
}

}  // namespace

std::optional<size_t> output_of(const Graph& body, NodeId node) {
  for (size_t k = 0; k < body.outputs.size(); ++k)
    if (body.outputs[k].node == node) return k;
  return std::nullopt;
}

KernelStructure structure_of(const Kernel& kernel, const CpuTarget& target) {
  const Graph& body = kernel.body;
  KernelStructure structure;
  for (NodeId node : node_ids(body))
    if (auto contraction = contraction_of(body, node))
      if (auto plan = plan_contraction(*contraction, target))
        structure.contractions.emplace(node, PlannedContraction{std::move(*contraction), std::move(*plan)});
  std::set<std::vector<int64_t>> shapes;
  for (const Output& output : body.outputs) {
    const auto extents = extents_of(body[output.node].axes);
    if (shapes.insert(extents).second) add_group(kernel, extents, structure);
  }
  return structure;
}

}  // namespace dnnc
