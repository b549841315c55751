#pragma once
#include <map>
#include <vector>

#include "compiler/ir/graph.h"
#include "compiler/kernels/trip_arrays.h"

namespace dnnc {

/// Makes the formulas of a recurrence's members such as trip_order.h says. What they cannot read so is computed before the
/// loop, for all trips, or by a further member.
class TripFormulas {
 public:
  /// All arrays lie as they will; nodes are added at the end of the graph.
  TripFormulas(Graph& graph, TripArrays& arrays, const Recurrence& recurrence);
  void run();
  /// Nodes that belong before the members.
  const std::vector<NodeId>& outside() const { return outside_; }
  /// Further members, before all others.
  const std::vector<NodeId>& inside() const { return inside_; }

 private:
  struct Start {
    NodeId member;
    int64_t trips;
    Expr value;
    NodeId pieces;
  };

  Expr simple(const Expr& expression);
  Expr simple(const Load& load);
  Load with_simple_parts(const Load& load);
  Expr own_element(const Load& load);
  Expr earlier(const Load& load, int64_t trips);
  Expr at_told_places(const Load& load);
  Expr or_of_this_trip(const Load& load, Load made, Expr found);
  Expr computed_before(const Expr& expression, Element element = {});
  Expr is_begun(int64_t trips) const;

  bool is_member(NodeId node) const;
  bool reads_members(const Expr& expression) const;
  bool may_be_outside(const Affine& subscript, int64_t extent) const;
  bool rest_is_inside(const Load& load) const;
  std::optional<NodeId> start_of(const Load& load, int64_t trips);
  std::optional<std::vector<Affine>> places_in_source(const Load& load, int64_t trips) const;
  Expr piece_of_start(NodeId start, const std::vector<Subscript>& at, int64_t trips) const;
  NodeId add_start(NodeId member, int64_t trips, const Expr& value, Expr body);
  NodeId add_member_before(NodeId member, int64_t trips);

  Graph& graph_;
  TripArrays& arrays_;
  const Recurrence recurrence_;
  std::vector<NodeId> outside_, inside_;
  std::vector<Start> starts_;
  std::map<std::pair<NodeId, int64_t>, NodeId> earlier_;  ///< further members: that one, so many trips before
  // Of the member whose formula is being made:
  NodeId reader_;
  std::vector<Axis> axes_;  ///< its own and those reduced, without places that nothing reads
  std::vector<int64_t> extents_;
  std::map<Expr, Expr> made_;
};

}  // namespace dnnc
