#include <algorithm>

#include "compiler/kernels/access.h"
#include "compiler/kernels/body.h"
#include "compiler/kernels/calls.h"
#include "compiler/kernels/collapse.h"
#include "compiler/kernels/trip_rows.h"

namespace dnnc {
namespace {

/// The loop of a recurrence while its calls are made.
class LoopCalls {
 public:
  LoopCalls(CallMaker& maker, EntryState& state, const Group& group)
      : maker_(maker),
        state_(state),
        recurrence_(state.graph.recurrences[*group.recurrence]),
        shown_(group.outputs.begin(), group.outputs.end()),
        trip_(trip_graph(state.order, recurrence_, shown_, state.byte_fields, maker.plan.memory)),
        rows_(rows_of(trip_, state.limits.least_rows, state.byte_fields, maker.plan.memory)),
        graph_(part_of(trip_, rows_)) {}

  void run(std::vector<runtime::StepPart>& parts) {
    for (NodeId member : trip_.stored)
      if (!state_.buffers.contains(member)) state_.buffers[member] = add_buffer(maker_.plan, state_.graph, member, {});
    for (NodeId member : trip_.stored)
      if (needs_zeros(member)) parts.push_back({add_zeros(member)});
    for (const auto& [member, node] : trip_.members) member_of_[node] = member;
    add_number(parts);
    runtime::Loop loop;
    loop.extent = recurrence_.extent;
    loop.direction = recurrence_.backward ? runtime::Direction::Backward : runtime::Direction::Forward;
    for (const Group& group : fuse(graph_, state_.limits)) {
      if (group.outputs.empty()) continue;
      const auto argument = [&](NodeId node) { return argument_of(node); };
      loop.body.push_back({add_call(maker_, graph_, group, state_.byte_fields, argument)});
    }
    for (NodeId member : trip_.read_whole)
      loop.body.push_back(
          {add_copy(maker_, graph_[trip_.members.at(member)], scratch_of(trip_.members.at(member)), piece_of(member))});
    if (!in_parts() && number_.valid()) loop.trip = number_.value;
    if (in_parts()) parts.push_back({runtime::Loop{rows_.parts, runtime::Direction::Any, {}, {{std::move(loop)}}}});
    else parts.push_back({std::move(loop)});
  }

 private:
  /// Whether somebody reads all of the array: elements that fill up pieces too, or before all trips have been made.
  bool needs_zeros(NodeId member) const {
    if (trip_.read_whole.contains(member)) return true;
    const int64_t used = element_count(trip_.graph[trip_.members.at(member)]) * recurrence_.extent;
    return shown_.contains(member) && used < element_count(state_.graph[member]);
  }

  size_t add_zeros(NodeId member) {
    Graph zeros;
    const Node& node = state_.graph[member];
    const NodeId zero = add_comprehension(zeros, node.name, node.axes, {Reduction::None, {}, constant(0)}, node.span);
    const auto argument = [&](NodeId) { return runtime::Argument{buffer_of(state_, member).value, {}}; };
    return add_call(maker_, zeros, {{zero}, {zero}, KernelClass::Pointwise}, {}, argument);
  }

  bool in_parts() const { return rows_.parts > 1; }

  /// The number of the trip is stored by the step, or, where several threads make trips, stands in an array of all of them.
  void add_number(std::vector<runtime::StepPart>& parts) {
    const auto number =
        std::ranges::find_if(trip_.inputs, [](const auto& input) { return !input.second.array.valid(); });
    if (number == trip_.inputs.end()) return;
    if (!in_parts()) {
      number_ = add_buffer(maker_.plan, graph_, number->first, {});
      return;
    }
    Graph numbers;
    const int64_t width = maker_.plan.memory.alignment / runtime::bytes_of(Storage::Float32);
    const NodeId node =
        add_comprehension(numbers, "number of the trip", numbered_axes({recurrence_.extent, width}, "a"),
                          {Reduction::None, {}, index_value(0)}, {});
    number_ = add_buffer(maker_.plan, numbers, node, {});
    const auto argument = [&](NodeId) { return runtime::Argument{number_.value, {}}; };
    parts.push_back({add_call(maker_, numbers, {{node}, {node}, KernelClass::Pointwise}, {}, argument)});
  }

  int64_t stride_of(NodeId array) const { return bytes_of_piece(state_.graph, array, state_.byte_fields); }

  /// A window onto the part's rows of a node, or onto all of it; from trip to trip it moves by a stride.
  runtime::Window window(NodeId node, int64_t trip_stride) const {
    const int64_t bytes = bytes_of_rows(graph_, node, state_.byte_fields);
    if (!in_parts()) return {bytes, {trip_stride}, {}};
    const bool has_rows = formula_of(graph_, node) || rows_.read.contains(node);
    return {bytes, {has_rows ? bytes : 0, trip_stride}, {}};
  }

  runtime::Argument piece_of(NodeId member) const {
    return {buffer_of(state_, member).value, window(trip_.members.at(member), stride_of(member))};
  }

  runtime::Argument scratch_of(NodeId node) {
    const auto [known, is_new] = scratch_.try_emplace(node);
    if (is_new) known->second = add_buffer(maker_.plan, trip_.graph, node, {});
    if (!in_parts()) return {known->second.value, {}};
    return {known->second.value, window(node, 0)};
  }

  runtime::Argument argument_of(NodeId node) {
    const auto read = trip_.inputs.find(node);
    if (read != trip_.inputs.end()) return argument_of(node, read->second);
    const auto member = member_of_.find(node);
    const bool kept = member != member_of_.end() && trip_.stored.contains(member->second);
    if (kept && !trip_.read_whole.contains(member->second)) return piece_of(member->second);
    return scratch_of(node);
  }

  runtime::Argument argument_of(NodeId node, const TripInput& read) {
    if (!read.array.valid()) {
      if (!in_parts()) return {number_.value, {}};
      return {number_.value, window(node, maker_.plan.memory.alignment)};
    }
    const BufferId buffer = buffer_of(state_, read.array);
    if (!read.piece) {
      if (!rows_.read.contains(node)) return {buffer.value, {}};
      return {buffer.value, window(node, 0)};
    }
    runtime::Window seen = window(node, stride_of(read.array));
    if (read.trips_before > 0) {
      std::vector<int64_t> strides = seen.strides;
      strides.back() = stride_of(read.start);
      seen.lag =
          runtime::Window::Lag{strides.size() - 1, read.trips_before, buffer_of(state_, read.start).value, strides};
    }
    return {buffer.value, std::move(seen)};
  }

  CallMaker& maker_;
  EntryState& state_;
  const Recurrence& recurrence_;
  const std::set<NodeId> shown_;  ///< members that are read outside of the loop
  const TripGraph trip_;
  const TripRows rows_;
  const Graph graph_;  ///< what a trip computes of the rows of a part
  std::map<NodeId, NodeId> member_of_;
  std::map<NodeId, BufferId> scratch_;  ///< of what no later trip reads
  BufferId number_ = {};                ///< of the trip
};

}  // namespace

void add_loop(CallMaker& maker, EntryState& state, const Group& group, std::vector<runtime::StepPart>& parts) {
  LoopCalls(maker, state, group).run(parts);
}

}  // namespace dnnc
