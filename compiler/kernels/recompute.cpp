#include "compiler/kernels/recompute.h"

#include <algorithm>
#include <set>

#include "compiler/kernels/access.h"
#include "compiler/kernels/cost.h"

namespace dnnc {
namespace {

/// Operations an element may cost: a load, a bias, an activation without transcendental functions.
constexpr int64_t most_work_per_element = 6;
/// How often an element may be computed again by one reader: the windows of a pooling overlap.
constexpr int64_t most_reads_per_element = 4;
/// Arrays so much smaller than the node cost nothing to read.
constexpr int64_t small_share = 16;

bool holds(const std::vector<NodeId>& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

/// Inputs and nodes that some group writes.
std::set<NodeId> nodes_in_memory(const Graph& graph, const std::vector<Group>& groups) {
  std::set<NodeId> nodes;
  for (NodeId node : node_ids(graph))
    if (input_of(graph, node)) nodes.insert(node);
  for (const Group& group : groups) nodes.insert(group.outputs.begin(), group.outputs.end());
  return nodes;
}

/// Whether the node is made of few operations on arrays in memory, element by element.
bool is_cheap(const Graph& graph, NodeId node, const std::set<NodeId>& in_memory) {
  const Comprehension* formula = formula_of(graph, node);
  const int64_t elements = element_count(graph[node]);
  if (formula->reduction != Reduction::None || work_of(graph, node) > most_work_per_element * elements) return false;
  const auto sources = sources_of(graph, node);
  if (!std::all_of(sources.begin(), sources.end(), [&](NodeId s) { return in_memory.contains(s); })) return false;
  const auto loads = loads_of(*formula);
  return std::all_of(loads.begin(), loads.end(), [&](const Load* load) {
    const Node& source = graph[load->source];
    return element_count(source) * small_share <= elements ||
           (equal_extents(source, graph[node]) && at_own_place(*load));
  });
}

/// Whether a reader in another group can take the node's formula in place of its elements: contractions and Reshapes
/// need them in memory.
bool takes_formula(const Graph& graph, NodeId reader, NodeId node) {
  const Comprehension* formula = formula_of(graph, reader);
  return formula && !is_contraction(*formula) &&
         reads_of(graph, reader, node) <= most_reads_per_element * element_count(graph[node]);
}

/// By node: the groups in which it stands, by number.
using Homes = std::vector<std::vector<size_t>>;

Homes homes_of(const Graph& graph, const std::vector<Group>& groups) {
  Homes homes(graph.nodes.size());
  for (size_t number = 0; number < groups.size(); ++number)
    for (NodeId node : groups[number].nodes) homes[node.value].push_back(number);
  return homes;
}

/// The groups other than `home` that read the node, or nothing if one of them needs it in memory.
std::set<size_t> groups_that_can_recompute(const Graph& graph, const std::vector<Group>& groups, const Homes& homes,
                                           size_t home, NodeId node, const std::vector<NodeId>& readers) {
  std::set<size_t> result;
  for (NodeId reader : readers)
    for (size_t number : homes[reader.value]) {
      if (number == home) continue;
      if (groups[number].recurrence || !takes_formula(graph, reader, node)) return {};
      result.insert(number);
    }
  return result;
}

/// Whether the node, which the group no longer writes, was taken out of it.
bool remove_if_unread(Group& group, NodeId node, const std::vector<NodeId>& readers) {
  std::erase(group.outputs, node);
  if (std::any_of(readers.begin(), readers.end(), [&](NodeId r) { return holds(group.nodes, r); })) return false;
  std::erase(group.nodes, node);
  return true;
}

}  // namespace

void recompute_cheap_nodes(const Graph& graph, std::vector<Group>& groups) {
  const auto readers = readers_of(graph);
  std::set<NodeId> shown;
  for (const Output& output : graph.outputs) shown.insert(root_of(graph, output.node));
  std::set<NodeId> in_memory = nodes_in_memory(graph, groups);
  Homes homes = homes_of(graph, groups);
  for (size_t home = 0; home < groups.size(); ++home) {
    if (groups[home].recurrence) continue;
    for (NodeId node : std::vector<NodeId>(groups[home].outputs)) {
      const auto& reading = readers[node.value];
      const bool through_reshape =
          std::any_of(reading.begin(), reading.end(), [&](NodeId reader) { return !formula_of(graph, reader); });
      if (shown.contains(node) || through_reshape || groups[home].outputs.size() == 1) continue;
      if (!is_cheap(graph, node, in_memory)) continue;
      const auto takers = groups_that_can_recompute(graph, groups, homes, home, node, reading);
      if (takers.empty()) continue;
      for (size_t taker : takers) {
        std::vector<NodeId>& nodes = groups[taker].nodes;
        nodes.insert(std::lower_bound(nodes.begin(), nodes.end(), node), node);
        homes[node.value].push_back(taker);
      }
      if (remove_if_unread(groups[home], node, reading)) std::erase(homes[node.value], home);
      in_memory.erase(node);
    }
  }
}

}  // namespace dnnc
