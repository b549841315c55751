#include <algorithm>
#include <map>
#include <set>

#include "compiler/kernels/access.h"
#include "compiler/kernels/cost.h"
#include "compiler/kernels/kernel.h"
#include "compiler/kernels/partition.h"
#include "compiler/kernels/recompute.h"
#include "compiler/kernels/segments.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

/// Halide's compile time grows with the square of what a kernel holds: its nodes, the operations of its formulas as they stand
/// there, and the arrays that it reads.
constexpr size_t most_nodes_of_tiny = 80, most_nodes = 24, most_arrays = 64;
constexpr int64_t most_operations = 500;

/// One thread of a device reads so many numbers in little more than the time that it takes to launch something.
constexpr int64_t most_numbers_of_thread = 128;

bool gathers(const Comprehension& formula) {
  const auto loads = loads_of(formula);
  return std::any_of(loads.begin(), loads.end(), [](const Load* load) {
    return std::any_of(load->at.begin(), load->at.end(),
                       [](const Subscript& subscript) { return std::holds_alternative<Gather>(subscript); });
  });
}

bool reduces(const Comprehension& formula) { return formula.reduction != Reduction::None; }

bool any_of(const Graph& graph, const std::vector<NodeId>& nodes, bool (*holds)(const Comprehension&)) {
  return std::any_of(nodes.begin(), nodes.end(), [&](NodeId node) {
    const Comprehension* formula = formula_of(graph, node);
    return formula && holds(*formula);
  });
}

/// Whether some node is complete only when all terms have been added to their places: nothing is made of it point by
/// point.
bool adds_to_places(const Graph& graph, const std::vector<NodeId>& nodes) {
  return std::any_of(nodes.begin(), nodes.end(), [&](NodeId node) { return !segments_of(graph[node]).empty(); });
}

int64_t work_of(const Graph& graph, const std::vector<NodeId>& nodes) {
  int64_t work = 0;
  for (NodeId node : nodes) work += work_of(graph, node);
  return work;
}

/// Whether a kernel of these nodes is not too large to compile.
bool fits_one_kernel(const Graph& graph, const std::vector<NodeId>& nodes, size_t most) {
  if (nodes.size() > most) return false;
  std::set<NodeId> arrays;
  int64_t operations = 0;
  for (NodeId node : nodes) {
    operations += work_of_value(graph, node);
    for (NodeId source : sources_of(graph, node)) arrays.insert(root_of(graph, source));
  }
  for (NodeId node : nodes) arrays.erase(node);
  return operations <= most_operations && arrays.size() <= most_arrays;
}

bool fit_one_kernel(const Partition& partition, PartId a, PartId b, size_t most = most_nodes) {
  std::vector<NodeId> nodes = partition.nodes(a);
  nodes.insert(nodes.end(), partition.nodes(b).begin(), partition.nodes(b).end());
  return fits_one_kernel(partition.graph(), nodes, most);
}

/// What a kernel of these nodes is. A contraction has no other reduction beside it: one schedule serves it.
KernelClass class_of(const Graph& graph, const std::vector<NodeId>& nodes) {
  const auto reductions = std::count_if(nodes.begin(), nodes.end(), [&](NodeId node) {
    const Comprehension* formula = formula_of(graph, node);
    return formula && reduces(*formula);
  });
  if (reductions == 1 && any_of(graph, nodes, is_contraction)) return KernelClass::Contraction;
  if (any_of(graph, nodes, gathers)) return KernelClass::Gather;
  if (reductions > 0) return KernelClass::Reduction;
  const bool scalar = std::all_of(nodes.begin(), nodes.end(), [&](NodeId n) { return element_count(graph[n]) == 1; });
  return scalar ? KernelClass::Scalar : KernelClass::Pointwise;
}

/// Each half of a step, before the updates and from them on, is one part if it has little to do.
void merge_tiny_halves(Partition& partition, int64_t tiny_work) {
  for (const bool early : {true, false}) {
    std::vector<PartId> half;
    std::vector<NodeId> nodes;
    for (PartId part : partition.parts())
      if (partition.needed_before_updates(part) == early) {
        half.push_back(part);
        nodes.insert(nodes.end(), partition.nodes(part).begin(), partition.nodes(part).end());
      }
    if (std::any_of(half.begin(), half.end(), [&](PartId part) { return partition.recurrence(part).has_value(); }))
      continue;
    if (!fits_one_kernel(partition.graph(), nodes, most_nodes_of_tiny)) continue;
    if (work_of(partition.graph(), nodes) > tiny_work) continue;
    for (size_t number = 1; number < half.size(); ++number) partition.merge(half[0], half[number]);
  }
}

/// Whether all nodes of both have one shape, and `consumer` reads `producer` only element by element, in nodes without a
/// reduction: then each element can be computed and used in one go.
bool element_by_element(const Partition& partition, PartId producer, PartId consumer) {
  const Graph& graph = partition.graph();
  const Node& shape = graph[partition.nodes(producer).front()];
  const auto fits = [&](NodeId node) { return equal_extents(graph[node], shape); };
  const auto &made = partition.nodes(producer), &read = partition.nodes(consumer);
  if (!std::all_of(made.begin(), made.end(), fits) || !std::all_of(read.begin(), read.end(), fits)) return false;
  for (NodeId node : read)
    for (NodeId source : sources_of(graph, node)) {
      const NodeId root = root_of(graph, source);
      if (!partition.has_part(root) || partition.part_of(root) != producer) continue;
      const Comprehension& formula = *formula_of(graph, node);
      if (root != source || reduces(formula)) return false;
      for (const Load* load : loads_of(formula))
        if (load->source == source && !at_own_place(*load)) return false;
    }
  return true;
}

/// What is computed from a result element by element is computed with it: biases and activations with the contraction
/// before them, the values of an optimizer with each other. Of the producers of a node the last is taken first, and at
/// most one reduction comes into a part.
void fuse_by_element(Partition& partition) {
  const Graph& graph = partition.graph();
  for (NodeId node : node_ids(graph)) {
    if (!partition.has_part(node)) continue;
    std::vector<NodeId> sources = sources_of(graph, node);
    std::sort(sources.rbegin(), sources.rend());
    for (NodeId source : sources) {
      if (!partition.has_part(source)) continue;
      const PartId producer = partition.part_of(source), consumer = partition.part_of(node);
      if (producer == consumer) continue;
      const auto &made = partition.nodes(producer), &read = partition.nodes(consumer);
      if (!fit_one_kernel(partition, producer, consumer)) continue;
      if (any_of(graph, made, reduces) && any_of(graph, read, reduces)) continue;
      if (adds_to_places(graph, made)) continue;
      if (element_by_element(partition, producer, consumer) && partition.may_merge(producer, consumer))
        partition.merge(producer, consumer);
    }
  }
}

/// Whether a part without reductions is read by one other part, and there each element at most once.
bool read_once(const Partition& partition, PartId producer, PartId consumer) {
  const Graph& graph = partition.graph();
  if (partition.readers(producer).size() != 1) return false;
  for (NodeId source : partition.nodes(producer)) {
    if (partition.is_shown(source)) return false;
    int64_t reads = 0;
    for (NodeId node : partition.nodes(consumer)) reads += reads_of(graph, node, source);
    if (reads > element_count(graph[source])) return false;
  }
  return true;
}

bool reads_through_reshape(const Partition& partition, PartId producer, PartId consumer) {
  const Graph& graph = partition.graph();
  for (NodeId node : partition.nodes(consumer))
    for (NodeId source : sources_of(graph, node)) {
      const NodeId root = root_of(graph, source);
      if (root != source && partition.has_part(root) && partition.part_of(root) == producer) return true;
    }
  return false;
}

/// Whether one is the place of the other: the arg-maximum of the formula whose maximum the other is.
bool is_place_of_extremum(const Graph& graph, NodeId place, NodeId extremum) {
  const Comprehension &a = *formula_of(graph, place), &b = *formula_of(graph, extremum);
  const bool fits = (a.reduction == Reduction::ArgMaximum && b.reduction == Reduction::Maximum) ||
                    (a.reduction == Reduction::ArgMinimum && b.reduction == Reduction::Minimum);
  return fits && equal_extents(graph[place], graph[extremum]) && extents_of(a.reduced) == extents_of(b.reduced) &&
         same(a.body, b.body);
}

/// A maximum and its place are found in one pass over what they are taken of. They are neighbours among its readers.
void merge_extrema_with_their_places(Partition& partition) {
  const Graph& graph = partition.graph();
  for (const std::vector<NodeId>& readers : readers_of(graph))
    for (size_t next = 1; next < readers.size(); ++next) {
      const NodeId a = readers[next - 1], b = readers[next];
      if (!partition.has_part(a) || !partition.has_part(b)) continue;
      if (!is_place_of_extremum(graph, a, b) && !is_place_of_extremum(graph, b, a)) continue;
      if (partition.may_merge(partition.part_of(a), partition.part_of(b)))
        partition.merge(partition.part_of(a), partition.part_of(b));
    }
}

/// What is read once is computed where it is read. The operands of contractions stay plain loads.
void fuse_into_reader(Partition& partition) {
  const Graph& graph = partition.graph();
  const std::vector<NodeId> all = node_ids(graph);
  for (auto node = all.rbegin(); node != all.rend(); ++node) {
    if (!partition.has_part(*node)) continue;
    const PartId producer = partition.part_of(*node);
    if (partition.readers(producer).empty()) continue;
    const PartId consumer = *partition.readers(producer).begin();
    const auto &made = partition.nodes(producer), &read = partition.nodes(consumer);
    if (any_of(graph, made, reduces) || any_of(graph, read, is_contraction)) continue;
    if (!fit_one_kernel(partition, producer, consumer)) continue;
    if (reads_through_reshape(partition, producer, consumer)) continue;
    if (read_once(partition, producer, consumer) && partition.may_merge(producer, consumer))
      partition.merge(consumer, producer);
  }
}

bool is_small(const Partition& partition, PartId part, int64_t small_work) {
  const auto& nodes = partition.nodes(part);
  return !any_of(partition.graph(), nodes, is_contraction) && work_of(partition.graph(), nodes) <= small_work;
}

/// Small neighbours share a kernel: the loss, its metrics and the first gradients, numbers made of settings.
void merge_small_neighbours(Partition& partition, int64_t small_work) {
  const Graph& graph = partition.graph();
  for (NodeId node : node_ids(graph)) {
    if (!partition.has_part(node)) continue;
    for (NodeId source : sources_of(graph, node)) {
      if (!partition.has_part(source)) continue;
      const PartId producer = partition.part_of(source), consumer = partition.part_of(node);
      if (producer == consumer) continue;
      if (!is_small(partition, producer, small_work) || !is_small(partition, consumer, small_work)) continue;
      if (!fit_one_kernel(partition, producer, consumer)) continue;
      if (!reads_through_reshape(partition, producer, consumer) && partition.may_merge(producer, consumer))
        partition.merge(producer, consumer);
    }
  }
}

/// By part, how many of its half must come before it at least.
IdVector<PartTag, size_t> levels_of(const Partition& partition) {
  IdVector<PartTag, size_t> levels;
  for (const PartId part : partition.in_order()) {
    while (levels.size() <= part.value) levels.push(0);
    for (const PartId source : partition.sources(part))
      if (partition.needed_before_updates(source) == partition.needed_before_updates(part))
        levels[part] = std::max(levels[part], levels[source] + 1);
  }
  return levels;
}

/// What can be computed at the same time shares kernels: the gradients of a layer by its weights and by its input, all updates.
void merge_levels(Partition& partition, size_t most_nodes_of_level) {
  const IdVector<PartTag, size_t> levels = levels_of(partition);
  std::map<std::pair<bool, size_t>, PartId> open;  // of a half and a level the part that others join
  for (const PartId part : partition.in_order()) {
    if (partition.recurrence(part)) continue;
    const std::pair key(partition.needed_before_updates(part), levels[part]);
    const auto known = open.find(key);
    if (known != open.end() && fit_one_kernel(partition, known->second, part, most_nodes_of_level))
      partition.merge(known->second, part);
    else open[key] = part;
  }
}

/// The Reshapes between nodes of one part: only the tiny halves of a step have any.
std::vector<NodeId> with_reshapes(const Partition& partition, PartId part) {
  const Graph& graph = partition.graph();
  std::set<NodeId> nodes(partition.nodes(part).begin(), partition.nodes(part).end());
  for (NodeId node : partition.nodes(part))
    for (NodeId source : sources_of(graph, node)) {
      const NodeId root = root_of(graph, source);
      if (!partition.has_part(root) || partition.part_of(root) != part) continue;
      for (; source != root; source = std::get<Reshape>(graph[source].kind).source) nodes.insert(source);
    }
  return {nodes.begin(), nodes.end()};
}

/// Nodes that other parts or the outputs of the graph need.
std::vector<NodeId> written_nodes(const Partition& partition, PartId part,
                                  const std::vector<std::vector<NodeId>>& readers) {
  std::vector<NodeId> result;
  for (NodeId node : partition.nodes(part)) {
    std::vector<NodeId> open = {node};
    bool needed = partition.is_shown(node);
    for (size_t next = 0; next < open.size() && !needed; ++next)
      for (NodeId reader : readers[open[next].value]) {
        if (!partition.has_part(reader)) open.push_back(reader);
        else needed = needed || partition.part_of(reader) != part;
      }
    if (needed) result.push_back(node);
  }
  return result;
}

std::vector<Group> groups_of(const Partition& partition) {
  const auto readers = readers_of(partition.graph());
  std::vector<Group> groups;
  for (PartId part : partition.in_order())
    groups.push_back({with_reshapes(partition, part), written_nodes(partition, part, readers),
                      class_of(partition.graph(), partition.nodes(part)), partition.recurrence(part)});
  return groups;
}

/// How many places of its source a load can reach at most from one point of its formula's space, once each subscript that is
/// made of indices is solved for one of them, the longest that no other is solved for.
double places_of_a_point(const Load& load, const std::vector<Axis>& indices, const Node& source) {
  double places = 1;
  std::set<uint32_t> solved;
  for (size_t dimension = 0; dimension < load.at.size(); ++dimension) {
    int64_t longest = 1;
    std::optional<uint32_t> index;
    if (const Affine* affine = std::get_if<Affine>(&load.at[dimension]))
      for (const Term& term : affine->terms)
        if (!solved.contains(term.index) && indices[term.index].extent > longest) {
          longest = indices[term.index].extent;
          index = term.index;
        }
    if (index) solved.insert(*index);
    places *= std::max(1.0, static_cast<double>(source.axes[dimension].extent) / static_cast<double>(longest));
  }
  return places;
}

}  // namespace

double largest_space(const Graph& graph) {
  double largest = 0;
  for (const Node& node : graph.nodes) {
    double most = static_cast<double>(element_count(node)), terms = 1;
    if (const Comprehension* formula = std::get_if<Comprehension>(&node.kind)) {
      const double results = most;
      std::vector<Axis> indices = node.axes;
      indices.insert(indices.end(), formula->reduced.begin(), formula->reduced.end());
      for (const Axis& axis : formula->reduced) terms *= static_cast<double>(axis.extent);
      for (const Load* load : loads_of(*formula)) {
        const Node& source = graph[load->source];
        most = std::max(
            {most, results * places_of_a_point(*load, indices, source), static_cast<double>(element_count(source))});
      }
    }
    largest = std::max(largest, most * terms);
  }
  return largest;
}

bool surely_supported(const Graph& graph) { return largest_space(graph) <= static_cast<double>(most_elements); }

std::optional<std::string> unsupported(const Graph& graph) {
  for (const Node& node : graph.nodes) {
    if (std::holds_alternative<Gradient>(node.kind))
      return "its `" + node.name + "` is a gradient that `differentiate` has not made a formula of";
    if (element_count(node) > most_elements)
      return "its `" + node.name + "` has " + std::to_string(element_count(node)) +
             " elements, and at most 2147483647 fit";
  }
  return std::nullopt;
}

FusionLimits limits_of(const Target& target) {
  FusionLimits limits;
  if (std::holds_alternative<GpuTarget>(target)) {
    limits.most_nodes_of_level = most_nodes_of_tiny;
    limits.most_looked_at = most_numbers_of_thread;
    limits.takes_batches = true;
    limits.asks_numbers = false;
  }
  return limits;
}

std::vector<Group> fuse(const Graph& graph, const FusionLimits& limits) {
  Partition partition(graph);
  if (!limits.joins) return groups_of(partition);
  merge_tiny_halves(partition, limits.tiny_work);
  fuse_by_element(partition);
  merge_extrema_with_their_places(partition);
  fuse_into_reader(partition);
  merge_small_neighbours(partition, limits.small_work);
  if (limits.most_nodes_of_level > 0) merge_levels(partition, limits.most_nodes_of_level);
  std::vector<Group> groups = groups_of(partition);
  recompute_cheap_nodes(graph, groups);
  return groups;
}

}  // namespace dnnc
