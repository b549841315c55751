#include "compiler/interpret/reach.h"

#include <algorithm>

#include "compiler/ir/affine.h"

namespace dnnc {

Reach::Reach(const Graph& graph) : graph_(graph) {
  for (const Node& node : graph.nodes) {
    std::vector<Reading> readings;
    const std::vector<int64_t> extents = extents_of(all_axes(node));
    const auto collect = [&](const Expression& expression) {
      const auto* load = std::get_if<Load>(&expression.kind);
      if (!load) return;
      readings.push_back({load->source, {}});
      for (const Subscript& subscript : load->at) {
        const auto* affine = std::get_if<Affine>(&subscript);
        readings.back().at.push_back(affine ? std::optional(subscripted(*affine, extents, node.axes.size()))
                                            : std::nullopt);
      }
    };
    if (const auto* comprehension = std::get_if<Comprehension>(&node.kind)) for_each(comprehension->body, collect);
    readings_.push(std::move(readings));
  }
}

Reach::Subscripted Reach::subscripted(const Affine& affine, const std::vector<int64_t>& extents, size_t of_result) {
  Subscripted result;
  result.low = result.high = affine.offset;
  for (size_t axis = 0; axis < extents.size(); ++axis) {
    if (!mentions(affine, static_cast<uint32_t>(axis))) continue;
    std::vector<int64_t> table(extents[axis], 0);
    for (const Term& term : affine.terms)
      for (int64_t index = 0; term.index == axis && index < extents[axis]; ++index) {
        const int64_t part = index / term.divisor;
        table[index] += term.coefficient * (term.modulus > 0 ? part % term.modulus : part);
      }
    const auto [low, high] = std::ranges::minmax(table);
    if (axis < of_result) {
      result.parts.push_back({axis, std::move(table), low, high});
    } else {
      result.low += low;
      result.high += high;
    }
  }
  return result;
}

/// Leaves of the box what the subscript may take into [low, high); false if nothing is left.
bool Reach::narrow(Box& box, const Subscripted& subscript, int64_t low, int64_t high) {
  int64_t least = subscript.low, most = subscript.high;
  for (const Subscripted::Part& part : subscript.parts) {
    least += part.low;
    most += part.high;
  }
  if (most < low || least >= high) return false;
  for (const Subscripted::Part& part : subscript.parts) {
    const int64_t rest_least = least - part.low, rest_most = most - part.high;
    const auto reads = [&](int64_t index) {
      return part.table[index] + rest_most >= low && part.table[index] + rest_least < high;
    };
    int64_t &begin = box.low[part.axis], &end = box.high[part.axis];
    while (begin < end && !reads(begin)) ++begin;
    while (begin < end && !reads(end - 1)) --end;
    if (begin == end) return false;
  }
  return true;
}

/// A box of `source` in the shape of the other node: exact along leading axes that both have, else all between its corners.
std::optional<Box> Reach::reshaped(const Box& box, NodeId source, const Box& changed) const {
  const std::vector<Axis>&from = graph_[source].axes, &to = graph_[box.node].axes;
  Box result = box;
  size_t shared = 0;
  for (; shared < from.size() && shared < to.size() && from[shared].extent == to[shared].extent; ++shared) {
    result.low[shared] = std::max(box.low[shared], changed.low[shared]);
    result.high[shared] = std::min(box.high[shared], changed.high[shared]);
    if (result.low[shared] >= result.high[shared]) return std::nullopt;
  }
  int64_t first = 0, last = 0, left = 1;
  for (size_t axis = shared; axis < from.size(); ++axis) {
    first = first * from[axis].extent + changed.low[axis];
    last = last * from[axis].extent + changed.high[axis] - 1;
    left *= from[axis].extent;
  }
  for (size_t axis = shared; axis < to.size(); ++axis) {
    left /= to[axis].extent;
    result.low[axis] = std::max(box.low[axis], first / left);
    result.high[axis] = std::min(box.high[axis], last / left + 1);
    if (result.low[axis] >= result.high[axis]) return std::nullopt;
    if (first / left != last / left) break;
    first %= left;
    last %= left;
  }
  return result;
}

std::optional<Box> Reach::part(const Box& box, const ChangedBoxes& changed) const {
  std::optional<Box> result;
  if (const auto* reshape = std::get_if<Reshape>(&graph_[box.node].kind)) {
    const std::optional<Box>& source = changed[reshape->source];
    return source ? reshaped(box, reshape->source, *source) : std::nullopt;
  }
  for (const Reading& reading : readings_[box.node]) {
    const std::optional<Box>& source = changed[reading.source];
    if (!source) continue;
    Box readers = box;
    bool any = true;
    for (size_t axis = 0; axis < reading.at.size() && any; ++axis)
      any = !reading.at[axis] || narrow(readers, *reading.at[axis], source->low[axis], source->high[axis]);
    if (any) include(result, readers);
  }
  return result;
}

void include(std::optional<Box>& box, const Box& other) {
  if (!box) {
    box = other;
    return;
  }
  for (size_t axis = 0; axis < other.low.size(); ++axis) {
    box->low[axis] = std::min(box->low[axis], other.low[axis]);
    box->high[axis] = std::max(box->high[axis], other.high[axis]);
  }
}

}  // namespace dnnc
