#pragma once
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "compiler/kernels/trip_order.h"
#include "runtime/program/memory_layout.h"

namespace dnnc {

/// What a trip reads: all of an array, or its piece, or the piece of so many trips before; or the number of the trip.
struct TripInput {
  NodeId array = {};  ///< not valid: the number of the trip
  bool piece = false;
  int64_t trips_before = 0;
  NodeId start = {};  ///< the array of what stands before the first of them
  auto operator<=>(const TripInput&) const = default;
};

/// What one trip of a recurrence's loop computes, as a graph: its inputs are what the trip reads, its outputs the pieces that
/// outlive the trip.
struct TripGraph {
  Graph graph;
  std::map<NodeId, TripInput> inputs;
  std::map<NodeId, NodeId> members;  ///< the node of the graph that is a member's piece, by member
  std::set<NodeId> stored;           ///< members of which each piece is kept
  std::set<NodeId> read_whole;       ///< members that a trip reads at places of other trips that are told by an array
};

/// Of members in `shown` all pieces are kept.
TripGraph trip_graph(const TripOrder& order, const Recurrence& recurrence, const std::set<NodeId>& shown,
                     const std::set<std::string>& byte_fields, const runtime::MemoryLayout& memory);

/// The bytes of a piece of an array that lies trip by trip, up to where the next begins.
int64_t bytes_of_piece(const Graph& graph, NodeId array, const std::set<std::string>& byte_fields);

}  // namespace dnnc
