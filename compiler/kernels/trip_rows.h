#pragma once
#include <set>

#include "compiler/kernels/trip_graph.h"

namespace dnnc {

/// Rows of a trip: places along the first axis of all that it computes, if none is made of another. Then threads need not wait
/// for each other from trip to trip: each makes all trips of some rows.
struct TripRows {
  int64_t parts = 1;      ///< so many times the rows of a part are all; 1 where they cannot be shared out
  std::set<NodeId> read;  ///< inputs that are read by rows
};

/// A part has at least `least_rows`, and what it reads and writes begins where memory is aligned.
TripRows rows_of(const TripGraph& trip, int64_t least_rows, const std::set<std::string>& byte_fields,
                 const runtime::MemoryLayout& memory);

/// What a trip computes of the rows of one part.
Graph part_of(const TripGraph& trip, const TripRows& rows);

/// The bytes of all rows of a node of the trip's graph, or of its part.
int64_t bytes_of_rows(const Graph& graph, NodeId node, const std::set<std::string>& byte_fields);

}  // namespace dnnc
