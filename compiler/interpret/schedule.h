#pragma once
#include <functional>
#include <vector>

#include "compiler/interpret/body_code.h"

namespace dnnc {

/// Elements of a node: those whose indices lie in [low, high).
struct Box {
  NodeId node;
  std::vector<int64_t> low, high;
};

/// In what order a graph is computed: node by node, recurrences place by place.
class Schedule {
 public:
  /// The graph must outlive it.
  explicit Schedule(const Graph& graph);
  /// Calls `compute` for all elements of `nodes`, which are in ascending order; each box reads only what stands outside
  /// `nodes` or in boxes before it. Of a recurrence `nodes` has all or none.
  void run(const std::vector<NodeId>& nodes, const std::function<void(const Box&)>& compute) const;

 private:
  const Graph& graph_;
  IdVector<NodeTag, const Recurrence*> recurrence_of_;  ///< null outside recurrences
};

/// Walks the points of a box and of the node's reduction in row-major order: `block(points)` before each block,
/// `terms(begin, end)` for lanes of one element, `element(place)` after the last term of the element at that row-major
/// place.
template <class OnBlock, class OnTerms, class OnElement>
void walk_box(const Node& node, const Box& box, OnBlock block, OnTerms terms, OnElement element) {
  std::vector<int64_t> low = box.low, high = box.high;
  size_t count = 1, seen = 0;
  for (const Axis& axis : std::get<Comprehension>(node.kind).reduced) {
    count *= axis.extent;
    low.push_back(0);
    high.push_back(axis.extent);
  }
  bool row = low.size() == node.axes.size();  // each point of a run is an element of its own
  Points points;
  PointWalk walk(std::move(low), std::move(high));
  while (walk.next(points)) {
    block(points);
    for (size_t run = 0; run < points.runs(); ++run) {
      int64_t place = 0;
      for (size_t axis = 0; axis < node.axes.size(); ++axis)
        place = place * node.axes[axis].extent + points.start_of(run)[axis];
      for (size_t lane = points.first[run]; lane < points.first[run + 1];) {
        size_t end = row ? lane + 1 : points.first[run + 1];
        terms(lane, end);
        seen += end - lane;
        lane = end;
        if (seen < count) continue;
        element(place++);
        seen = 0;
      }
    }
  }
}

}  // namespace dnnc
