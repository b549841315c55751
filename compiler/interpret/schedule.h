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

/// The points that are walked to compute a box.
int64_t points_of(const Node& node, const Box& box);
/// The box in at most `parts` parts along one of its axes.
std::vector<Box> split(const Box& box, int64_t parts);

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
/// `terms(begin, end)` for points of one element, `element(place)` after the last term of the element at that row-major
/// place. A block has at most `most` points.
template <class OnBlock, class OnTerms, class OnElement>
void walk_box(const Node& node, const Box& box, OnBlock block, OnTerms terms, OnElement element,
              size_t most = block_size) {
  std::vector<int64_t> low = box.low, high = box.high;
  size_t count = 1, seen = 0;
  for (const Axis& axis : std::get<Comprehension>(node.kind).reduced) {
    count *= axis.extent;
    low.push_back(0);
    high.push_back(axis.extent);
  }
  bool row = low.size() == node.axes.size();  // each point of a run is an element of its own
  Points points;
  PointWalk walk(std::move(low), std::move(high), most);
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

/// The elements of a box along the last axis; 0 where there is none.
inline int64_t columns_of(const Box& box) { return box.low.empty() ? 0 : box.high.back() - box.low.back(); }

/// Walks the same points with code that was compiled across elements: `block(points)` before each block, `terms(points,
/// run, column, first)` for a run of them, which are a term each of the elements in a row from that column on, the first of
/// these elements or a further one, `row(place)` after the last term of a row whose first element is at that row-major
/// place.
template <class OnBlock, class OnTerms, class OnRow>
void walk_across(const Node& node, const Box& box, OnBlock block, OnTerms terms, OnRow row, size_t most = block_size) {
  std::vector<int64_t> low(box.low.begin(), box.low.end() - 1), high(box.high.begin(), box.high.end() - 1);
  const auto columns = static_cast<size_t>(columns_of(box));
  size_t count = columns, seen = 0;
  for (const Axis& axis : std::get<Comprehension>(node.kind).reduced) {
    count *= static_cast<size_t>(axis.extent);
    low.push_back(0);
    high.push_back(axis.extent);
  }
  low.push_back(box.low.back());
  high.push_back(box.high.back());
  Points points;
  PointWalk walk(std::move(low), std::move(high), most);
  while (walk.next(points)) {
    block(points);
    for (size_t run = 0; run < points.runs(); ++run) {
      const int64_t* start = points.start_of(run);
      terms(points, run, static_cast<size_t>(start[points.axes - 1] - box.low.back()), seen < columns);
      seen += points.first[run + 1] - points.first[run];
      if (seen < count) continue;
      int64_t place = 0;
      for (size_t axis = 0; axis + 1 < node.axes.size(); ++axis) place = place * node.axes[axis].extent + start[axis];
      row(place * node.axes.back().extent + box.low.back());
      seen = 0;
    }
  }
}

}  // namespace dnnc
