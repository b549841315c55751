#pragma once
#include <map>
#include <optional>
#include <vector>

#include "compiler/ir/graph.h"
#include "runtime/program/memory_layout.h"

namespace dnnc {

/// Arrays whose pieces, one for each trip of a loop, lie one after the other: see trip_order.h.
class TripArrays {
 public:
  TripArrays() = default;
  /// Chooses them: the members of recurrences, and what members read of formulas at the trip if its pieces are aligned.
  TripArrays(const Graph& graph, const runtime::MemoryLayout& memory);

  bool moved(NodeId node) const { return places_.contains(node); }
  /// The axes of a piece, without places that nothing reads.
  const std::vector<Axis>& slice(NodeId node) const { return places_.at(node).slice; }
  /// Makes another member of it, which lies as `like` does.
  void add_like(NodeId node, NodeId like) { places_[node] = places_.at(like); }

  /// Gives a node its new axes, and its formula the new subscripts of all that it reads.
  void move(Graph& graph, NodeId node) const;
  /// Adds the elements of a node that was moved in the order in which they were.
  NodeId add_copy(Graph& graph, NodeId node) const;

 private:
  struct Place {
    uint32_t along = 0;            ///< the axis that was moved to the front
    std::vector<Axis> axes = {};   ///< as they were
    std::vector<Axis> slice = {};  ///< without that along which trips run
    int64_t first_of_slice = 1;    ///< places along the first axis of a piece, or elements of one without axes
    std::vector<Axis> new_axes() const;
    std::vector<Subscript> subscripts(const std::vector<Subscript>& at) const;
  };
  void add(const Graph& graph, NodeId node, uint32_t along, const runtime::MemoryLayout& memory);
  void add_sources(const Graph& graph, const Recurrence& recurrence, const runtime::MemoryLayout& memory);
  Expr with_new_subscripts(const Graph& graph, NodeId reader, const Expr& formula) const;

  std::map<NodeId, Place> places_;
  std::map<NodeId, size_t> recurrence_of_;  ///< by its number
};

}  // namespace dnnc
