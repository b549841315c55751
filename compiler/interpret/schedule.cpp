#include "compiler/interpret/schedule.h"

#include <algorithm>

namespace dnnc {
namespace {

Box whole(const Graph& graph, NodeId node) {
  return {node, std::vector<int64_t>(graph[node].axes.size(), 0), extents_of(graph[node].axes)};
}

}  // namespace

int64_t points_of(const Node& node, const Box& box) {
  int64_t points = 1;
  for (size_t axis = 0; axis < box.low.size(); ++axis) points *= box.high[axis] - box.low[axis];
  if (const auto* comprehension = std::get_if<Comprehension>(&node.kind))
    for (const Axis& axis : comprehension->reduced) points *= axis.extent;
  return points;
}

std::vector<Box> split(const Box& box, int64_t parts) {
  size_t along = 0;
  const auto extent = [&](size_t axis) { return box.high[axis] - box.low[axis]; };
  // The first that is long enough to be shared out evenly, as runs of points are longest along the last; else the longest.
  for (size_t axis = 0; axis < box.low.size() && extent(along) < 4 * parts; ++axis)
    if (extent(axis) > extent(along)) along = axis;
  if (box.low.empty()) return {box};
  parts = std::min(parts, extent(along));
  std::vector<Box> result(static_cast<size_t>(parts), box);
  for (int64_t part = 0; part < parts; ++part) {
    result[part].low[along] = box.low[along] + extent(along) * part / parts;
    result[part].high[along] = box.low[along] + extent(along) * (part + 1) / parts;
  }
  return result;
}

Schedule::Schedule(const Graph& graph) : graph_(graph) {
  for (size_t node = 0; node < graph.nodes.size(); ++node) recurrence_of_.push(nullptr);
  for (const Recurrence& recurrence : graph.recurrences)
    for (NodeId member : recurrence.members) recurrence_of_[member] = &recurrence;
}

void Schedule::run(const std::vector<NodeId>& nodes, const std::function<void(const Box&)>& compute) const {
  for (NodeId id : nodes) {
    const Recurrence* recurrence = recurrence_of_[id];
    if (!recurrence) {
      compute(whole(graph_, id));
      continue;
    }
    if (id != recurrence->members.front()) continue;
    for (int64_t step = 0; step < recurrence->extent; ++step) {
      int64_t place = recurrence->backward ? recurrence->extent - 1 - step : step;
      for (size_t number = 0; number < recurrence->members.size(); ++number) {
        Box box = whole(graph_, recurrence->members[number]);
        box.low[recurrence->axis[number]] = place;
        box.high[recurrence->axis[number]] = place + 1;
        compute(box);
      }
    }
  }
}

}  // namespace dnnc
