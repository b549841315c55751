#pragma once
#include <map>
#include <vector>

#include "compiler/kernels/trip_order.h"

namespace dnnc {

/// What is left to do in trips in which a condition that members ask, like `s < length`, is the same for all rows: idle trips.
/// Members are then what they were, or 0, or nothing reads what they are. See docs/recurrences.md.
struct IdleTrips {
  /// By member what it is in such a trip; no reduction is in them.
  std::map<NodeId, Expr> bodies;
  /// Over the trip (index 0) and the row (index 1): a trip is idle where each of these is `holds` for all rows.
  std::vector<Expr> conditions;
  bool holds = false;
};

/// By the number of the recurrence; those that no trip makes easier are left out.
std::map<size_t, IdleTrips> find_idle_trips(const TripOrder& order);

/// By trip and part of the rows how many of them are at work: 0 where the trip is idle for the part. Reads arrays of the order's
/// graph.
Comprehension rows_at_work(const IdleTrips& idle, int64_t rows_of_a_part);

}  // namespace dnnc
