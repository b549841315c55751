#include "compiler/halide/structure/structure.h"

#include <algorithm>

#include "compiler/halide/structure/expanded_work.h"
#include "compiler/kernels/access.h"
#include "compiler/kernels/cost.h"

namespace dnnc {
namespace {

/// Operations an element for which a formula is computed again rather than stored: its own, and with those of the formulas
/// that are computed where it reads them, which would else double from formula to formula.
constexpr int64_t cheap_work = 6, most_expanded_work = 36;

bool is_pointwise(const Graph& body, NodeId node) {
  const Comprehension* formula = formula_of(body, node);
  return formula && formula->reduction == Reduction::None;
}

bool is_reduction(const Graph& body, NodeId node) {
  const Comprehension* formula = formula_of(body, node);
  return formula && formula->reduction != Reduction::None;
}

bool reads(const Graph& body, NodeId reader, NodeId source) {
  const auto sources = sources_of(body, reader);
  return std::find(sources.begin(), sources.end(), source) != sources.end();
}

/// Whether all that read `source` are among `readers` and read it at their own place.
bool read_only_at_own_place(const Graph& body, NodeId source, const std::set<NodeId>& readers) {
  for (NodeId reader : node_ids(body)) {
    if (!reads(body, reader, source)) continue;
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

/// Finds the structure of one kernel.
class Structuring {
 public:
  explicit Structuring(const Kernel& kernel) : kernel_(kernel), body_(kernel.body) {}

  KernelStructure run() {
    tell_reductions_apart();
    std::set<std::vector<int64_t>> shapes;
    for (const Output& output : body_.outputs) {
      const auto extents = extents_of(body_[output.node].axes);
      if (shapes.insert(extents).second) add_group(extents);
    }
    add_groups_of_reductions();
    inline_cheap_nodes();
    return std::move(structure_);
  }

 private:
  void tell_reductions_apart() {
    for (NodeId node : node_ids(body_)) {
      if (!is_reduction(body_, node) || find_place_of_extremum(node)) continue;
      auto contraction = contraction_of(body_, node);
      auto segments = segments_of(body_[node]);
      if (contraction && !vector_choices(*contraction).empty())
        structure_.contractions.emplace(node, std::move(*contraction));
      else if (!segments.empty()) structure_.segmented.emplace(node, std::move(segments));
      else structure_.reductions.insert(node);
    }
  }

  /// A maximum of what an arg-maximum is taken of has been found with it.
  bool find_place_of_extremum(NodeId node) {
    const Comprehension& formula = *formula_of(body_, node);
    for (NodeId other : node_ids(body_)) {
      if (!is_reduction(body_, other)) continue;
      const Comprehension& place = *formula_of(body_, other);
      const bool pair = (formula.reduction == Reduction::Maximum && place.reduction == Reduction::ArgMaximum) ||
                        (formula.reduction == Reduction::Minimum && place.reduction == Reduction::ArgMinimum);
      if (!pair || !equal_extents(body_[node], body_[other]) || !same(formula.body, place.body)) continue;
      if (extents_of(formula.reduced) != extents_of(place.reduced)) continue;
      structure_.place_of_extremum[node] = other;
      return true;
    }
    return false;
  }

  void add_group(const std::vector<int64_t>& extents) {
    const std::set<NodeId> members = computed_together(body_, extents);
    OutputGroup group;
    group.extents = extents;
    std::set<NodeId> stored;
    for (size_t k = 0; k < body_.outputs.size(); ++k) {
      const NodeId node = body_.outputs[k].node;
      if (!members.contains(node) || !stored.insert(node).second) continue;
      group.outputs.push_back(k);
      group.overwrites = group.overwrites || kernel_.in_place[k] >= 0;
    }
    if (group.outputs.empty()) return;
    for (NodeId member : members)
      if (!stored.contains(member)) structure_.inlined.insert(member);
    find_reductions(group, members);
    structure_.groups.push_back(std::move(group));
  }

  /// What only the group reads, and what an output of it is made of.
  void find_reductions(OutputGroup& group, const std::set<NodeId>& members) {
    for (NodeId node : node_ids(body_)) {
      if (!is_reduction(body_, node) || found_.contains(node)) continue;
      const bool read = std::any_of(members.begin(), members.end(), [&](NodeId m) { return reads(body_, m, node); });
      if (read) find_reduction(group, node, members);
    }
  }

  void find_reduction(OutputGroup& group, NodeId node, const std::set<NodeId>& members) {
    const NodeId reduction = structure_.computing(node);
    if (extents_of(body_[reduction].axes) != group.extents || structure_.segmented.contains(reduction)) return;
    const std::vector<NodeId> values = structure_.values_of(reduction);
    for (NodeId value : values)
      if (found_.contains(value) || !read_only_at_own_place(body_, value, members)) return;
    group.reductions.push_back(reduction);
    found_.insert(values.begin(), values.end());
  }

  /// Reductions that are outputs and read by nothing else: stored as they are found.
  void add_groups_of_reductions() {
    for (const Output& output : body_.outputs) {
      if (!is_reduction(body_, output.node) || found_.contains(output.node)) continue;
      if (structure_.contractions.contains(structure_.computing(output.node))) continue;
      OutputGroup group{{}, extents_of(body_[output.node].axes), false, {}};
      find_reduction(group, output.node, {});
      if (!group.reductions.empty()) structure_.groups.push_back(std::move(group));
    }
  }

  /// Formulas that are read once an element, or cost next to nothing, are not stored.
  void inline_cheap_nodes() {
    ExpandedWork expanded(body_, structure_.inlined);
    for (NodeId node : node_ids(body_))
      if (is_pointwise(body_, node) && !structure_.inlined.contains(node) && may_be_inlined(node, expanded))
        structure_.inlined.insert(node);
  }

  bool may_be_inlined(NodeId node, ExpandedWork& expanded) const {
    if (output_of(body_, node) || body_[node].axes.empty()) return false;
    int64_t read = 0, places = 0;
    for (NodeId reader : node_ids(body_)) {
      if (!reads(body_, reader, node)) continue;
      if (!formula_of(body_, reader) || structure_.contractions.contains(reader)) return false;
      read += reads_of(body_, reader, node);
      places += places_read(body_, reader, node);
    }
    const int64_t elements = element_count(body_[node]);
    if (read > elements && work_of(body_, node) > cheap_work * elements) return false;
    return places <= 1 || expanded.of(node) <= most_expanded_work;
  }

  const Kernel& kernel_;
  const Graph& body_;
  KernelStructure structure_;
  std::set<NodeId> found_;  ///< values of reductions that a group may take in
};

}  // namespace

std::optional<size_t> output_of(const Graph& body, NodeId node) {
  for (size_t k = 0; k < body.outputs.size(); ++k)
    if (body.outputs[k].node == node) return k;
  return std::nullopt;
}

NodeId KernelStructure::computing(NodeId node) const {
  const auto place = place_of_extremum.find(node);
  return place == place_of_extremum.end() ? node : place->second;
}

std::vector<NodeId> KernelStructure::values_of(NodeId reduction) const {
  std::vector<NodeId> values = {reduction};
  for (const auto& [extremum, place] : place_of_extremum)
    if (place == reduction) values.push_back(extremum);
  return values;
}

KernelStructure structure_of(const Kernel& kernel) { return Structuring(kernel).run(); }

}  // namespace dnnc
