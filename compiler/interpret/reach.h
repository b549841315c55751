#pragma once
#include <optional>
#include <vector>

#include "compiler/interpret/schedule.h"

namespace dnnc {

/// For each node a box of elements that hold other values than before; none where nothing does.
using ChangedBoxes = IdVector<NodeTag, std::optional<Box>>;

/// Which elements of a graph may change when others do, as subscripts tell. Of what is read at a value, like a row of a
/// table, any element may.
class Reach {
 public:
  explicit Reach(const Graph& graph);
  /// The smallest part of `box` that holds all its elements that read a changed one; none if none does.
  std::optional<Box> part(const Box& box, const ChangedBoxes& changed) const;

 private:
  /// What an affine subscript is: the value of a table at each index of the result, and something of the rest.
  struct Subscripted {
    struct Part {
      size_t axis;
      std::vector<int64_t> table;
      int64_t low, high;  ///< least and largest number of the table
    };
    std::vector<Part> parts;
    int64_t low = 0, high = 0;  ///< of all that depends on no index of the result
  };
  struct Reading {
    NodeId source;
    std::vector<std::optional<Subscripted>> at;  ///< none for a value
  };
  static Subscripted subscripted(const Affine& affine, const std::vector<int64_t>& extents, size_t of_result);
  static bool narrow(Box& box, const Subscripted& subscript, int64_t low, int64_t high);
  std::optional<Box> reshaped(const Box& box, NodeId source, const Box& changed) const;

  const Graph& graph_;
  IdVector<NodeTag, std::vector<Reading>> readings_;
};

/// The smallest box that holds both.
void include(std::optional<Box>& box, const Box& other);

/// Calls visit(place, count, at) for each row of a box: `count` elements in memory from that row-major place on, the first of
/// which has the indices `at`.
template <class Visit>
void for_each_row(const Node& node, const Box& box, Visit visit) {
  const size_t axes = node.axes.size();
  std::vector<int64_t> at = box.low;
  const int64_t count = axes == 0 ? 1 : box.high[axes - 1] - box.low[axes - 1];
  for (bool more = true; more;) {
    int64_t place = 0;
    for (size_t axis = 0; axis < axes; ++axis) place = place * node.axes[axis].extent + at[axis];
    visit(place, count, at);
    more = false;
    for (size_t axis = axes; axis-- > 0 && !more;) {
      if (axis + 1 == axes) continue;
      more = ++at[axis] < box.high[axis];
      if (!more) at[axis] = box.low[axis];
    }
  }
}

}  // namespace dnnc
