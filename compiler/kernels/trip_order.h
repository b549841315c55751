#pragma once
#include <map>
#include <vector>

#include "compiler/ir/graph.h"
#include "runtime/program/memory_layout.h"

namespace dnnc {

/// A graph of the same values whose recurrences can be computed by loops, a place a trip: see docs/recurrences.md.
///
/// The axis that a member runs along is its first, the trip. So what one trip computes of it lies together: a *piece*.
/// Pieces begin where memory is aligned; where their elements do not fill them, the second axis has further places, which
/// nothing reads. A member reads
/// - members of its recurrence at the trip, or a constant number of trips before, with `else` an array of as many pieces that
///   stand before the first, or at a place that an array tells;
/// - other arrays at the trip by itself, or not by the trip;
/// - the trip as a number, times a constant.
struct TripOrder {
  Graph graph;
  /// By member: the axes of what a trip computes.
  std::map<NodeId, std::vector<Axis>> slices;
};

TripOrder order_by_trips(Graph graph, const runtime::MemoryLayout& memory);

}  // namespace dnnc
