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

/// The groups other than `home` that read the node, or nothing if one of them needs it in memory.
std::vector<Group*> groups_that_can_recompute(const Graph& graph, std::vector<Group>& groups, const Group& home,
                                              NodeId node, const std::vector<NodeId>& readers) {
  std::vector<Group*> result;
  for (Group& group : groups) {
    if (&group == &home) continue;
    bool reads = false;
    for (NodeId reader : readers) {
      if (!holds(group.nodes, reader)) continue;
      if (!takes_formula(graph, reader, node)) return {};
      reads = true;
    }
    if (reads) result.push_back(&group);
  }
  return result;
}

void remove_if_unread(Group& group, NodeId node, const std::vector<NodeId>& readers) {
  std::erase(group.outputs, node);
  const bool read = std::any_of(readers.begin(), readers.end(), [&](NodeId r) { return holds(group.nodes, r); });
  if (!read) std::erase(group.nodes, node);
}

}  // namespace

void recompute_cheap_nodes(const Graph& graph, std::vector<Group>& groups) {
  const auto readers = readers_of(graph);
  std::set<NodeId> shown;
  for (const Output& output : graph.outputs) shown.insert(root_of(graph, output.node));
  std::set<NodeId> in_memory = nodes_in_memory(graph, groups);
  for (Group& home : groups)
    for (NodeId node : std::vector<NodeId>(home.outputs)) {
      const auto& reading = readers[node.value];
      const bool through_reshape =
          std::any_of(reading.begin(), reading.end(), [&](NodeId reader) { return !formula_of(graph, reader); });
      if (shown.contains(node) || through_reshape || home.outputs.size() == 1) continue;
      if (!is_cheap(graph, node, in_memory)) continue;
      const auto takers = groups_that_can_recompute(graph, groups, home, node, reading);
      if (takers.empty()) continue;
      for (Group* taker : takers)
        taker->nodes.insert(std::lower_bound(taker->nodes.begin(), taker->nodes.end(), node), node);
      remove_if_unread(home, node, reading);
      in_memory.erase(node);
    }
}

}  // namespace dnnc
