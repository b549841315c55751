#include "compiler/interpret/schedule.h"

namespace dnnc {
namespace {

Box whole(const Graph& graph, NodeId node) {
  return {node, std::vector<int64_t>(graph[node].axes.size(), 0), extents_of(graph[node].axes)};
}

}  // namespace

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
