#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "compiler/ir/graph.h"

namespace dnnc {

struct PartTag;
using PartId = Id<PartTag>;

/// The formulas of a graph in parts, each of which is to become a kernel. Merging keeps what must hold: parts depend on
/// each other in one direction only, and no part mixes what is needed before the updates with what is not. The members of a
/// recurrence read each other, so they are one part from the start, which stays as it is.
class Partition {
 public:
  /// Every formula is a part of its own, every recurrence another.
  explicit Partition(const Graph& graph);

  const Graph& graph() const { return *graph_; }
  bool has_part(NodeId node) const { return part_of_[node.value].valid(); }
  PartId part_of(NodeId node) const { return part_of_[node.value]; }
  /// In the order of the graph; empty for a part that has been merged into another.
  const std::vector<NodeId>& nodes(PartId part) const { return parts_[part].nodes; }
  /// All parts that have nodes, by their first node.
  std::vector<PartId> parts() const;
  /// Parts that read `part`, also through Reshapes, and parts that it reads.
  const std::set<PartId>& readers(PartId part) const { return parts_[part].readers; }
  const std::set<PartId>& sources(PartId part) const { return parts_[part].sources; }
  bool needed_before_updates(PartId part) const { return parts_[part].early; }
  /// The recurrence whose members the part is, by its number.
  std::optional<size_t> recurrence(PartId part) const { return parts_[part].recurrence; }
  /// Whether an output of the graph shows the node, also through Reshapes.
  bool is_shown(NodeId node) const { return shown_[node.value]; }

  /// Whether the two can be one: both before or both after the updates begin, no third part between them.
  bool may_merge(PartId a, PartId b) const;
  /// Makes one part of both and returns it.
  PartId merge(PartId a, PartId b);

  /// The parts in an order in which each comes after those it reads; those needed before updates first, else in the
  /// order of the graph.
  std::vector<PartId> in_order() const;

 private:
  struct Part {
    std::vector<NodeId> nodes;
    std::set<PartId> sources, readers;
    bool early = false;
    std::optional<size_t> recurrence = {};
  };
  bool leads_around(PartId from, PartId to) const;

  const Graph* graph_;
  std::vector<PartId> part_of_;
  std::vector<bool> shown_;
  IdVector<PartTag, Part> parts_;
};

}  // namespace dnnc
