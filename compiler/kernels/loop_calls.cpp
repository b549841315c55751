#include <algorithm>

#include "compiler/kernels/access.h"
#include "compiler/kernels/body.h"
#include "compiler/kernels/calls.h"
#include "compiler/kernels/collapse.h"
#include "compiler/kernels/trip_rows.h"

namespace dnnc {
namespace {

/// The number of a trip where kernels find it, if any reads it.
using TripNumber = std::optional<BufferId>;

/// What a trip does, as calls.
class TripCalls {
 public:
  TripCalls(CallMaker& maker, EntryState& state, const TripGraph& trip, const TripRows& rows, TripNumber number)
      : maker_(maker), state_(state), trip_(trip), rows_(rows), graph_(part_of(trip, rows)), number_(number) {
    for (const auto& [member, node] : trip_.members) member_of_[node] = member;
  }

  std::vector<runtime::StepPart> run() {
    std::vector<runtime::StepPart> calls;
    for (const Group& group : fuse(graph_, state_.limits)) {
      if (group.outputs.empty()) continue;
      const auto argument = [&](NodeId node) { return argument_of(node); };
      calls.push_back({add_call(maker_, graph_, group, state_.byte_fields, argument)});
    }
    for (NodeId member : trip_.read_whole)
      calls.push_back(
          {add_copy(maker_, graph_[trip_.members.at(member)], scratch_of(trip_.members.at(member)), piece_of(member))});
    return calls;
  }

 private:
  bool in_parts() const { return rows_.parts > 1; }
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
      if (!in_parts()) return {number_->value, {}};
      return {number_->value, window(node, maker_.plan.memory.alignment)};
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
  const TripGraph& trip_;
  const TripRows& rows_;
  const Graph graph_;  ///< what a trip computes of the rows of a part
  const TripNumber number_;
  std::map<NodeId, NodeId> member_of_;
  std::map<NodeId, BufferId> scratch_;  ///< of what no later trip reads
};

/// The loop of a recurrence while its calls are made.
class LoopCalls {
 public:
  LoopCalls(CallMaker& maker, EntryState& state, const Group& group)
      : maker_(maker),
        state_(state),
        number_of_recurrence_(*group.recurrence),
        recurrence_(state.graph.recurrences[number_of_recurrence_]),
        shown_(group.outputs.begin(), group.outputs.end()),
        trip_(trip_graph(state.order, recurrence_, shown_, state.byte_fields, maker.plan.memory)),
        rows_(rows_of(trip_, state.limits.least_rows, state.byte_fields, maker.plan.memory)) {}

  void run(std::vector<runtime::StepPart>& parts) {
    for (NodeId member : trip_.stored)
      if (!state_.buffers.contains(member)) state_.buffers[member] = add_buffer(maker_.plan, state_.graph, member, {});
    for (NodeId member : trip_.stored)
      if (needs_zeros(member)) parts.push_back({add_zeros(member)});
    const TripNumber number = add_number(parts);
    const auto idle = idle_trip();
    runtime::Loop loop;
    loop.extent = recurrence_.extent;
    loop.direction = recurrence_.backward ? runtime::Direction::Backward : runtime::Direction::Forward;
    if (idle) add_at_work(loop, parts);
    loop.body = TripCalls(maker_, state_, trip_, rows_, number).run();
    if (idle) loop.idle = TripCalls(maker_, state_, idle->first, idle->second, number).run();
    if (!in_parts() && number) loop.trip = number->value;
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
  static bool reads_number(const TripGraph& trip) {
    return std::ranges::any_of(trip.inputs, [](const auto& input) { return !input.second.array.valid(); });
  }

  /// The number of the trip is stored by the step, or, where several threads make trips, stands in an array of all of them.
  TripNumber add_number(std::vector<runtime::StepPart>& parts) {
    const auto number =
        std::ranges::find_if(trip_.inputs, [](const auto& input) { return !input.second.array.valid(); });
    if (number == trip_.inputs.end()) return std::nullopt;
    if (!in_parts()) return add_buffer(maker_.plan, trip_.graph, number->first, {});
    Graph numbers;
    const int64_t width = maker_.plan.memory.alignment / runtime::bytes_of(Storage::Float32);
    const NodeId node =
        add_comprehension(numbers, "number of the trip", numbered_axes({recurrence_.extent, width}, "a"),
                          {Reduction::None, {}, index_value(0)}, {});
    const BufferId buffer = add_buffer(maker_.plan, numbers, node, {});
    const auto argument = [&](NodeId) { return runtime::Argument{buffer.value, {}}; };
    parts.push_back({add_call(maker_, numbers, {{node}, {node}, KernelClass::Pointwise}, {}, argument)});
    return buffer;
  }

  /// What is done in an idle trip, by the same parts of the rows, if there are such trips.
  std::optional<std::pair<TripGraph, TripRows>> idle_trip() const {
    const auto idle = state_.idle.find(number_of_recurrence_);
    if (idle == state_.idle.end() || !trip_.read_whole.empty()) return std::nullopt;
    TripOrder order = state_.order;
    for (const auto& [member, body] : idle->second.bodies)
      order.graph[member].kind = Comprehension{Reduction::None, {}, body};
    TripGraph trip = trip_graph(order, recurrence_, trip_.stored, state_.byte_fields, maker_.plan.memory);
    TripRows rows;
    if (in_parts()) rows = rows_of(trip, rows_of_a_part(), state_.byte_fields, maker_.plan.memory);
    if (rows.parts != rows_.parts || (reads_number(trip) && !reads_number(trip_))) return std::nullopt;
    return std::pair(std::move(trip), std::move(rows));
  }

  int64_t rows_of_a_part() const { return trip_.graph[trip_.members.begin()->second].axes[0].extent / rows_.parts; }

  /// Tells which trips are idle, before the loop.
  void add_at_work(runtime::Loop& loop, std::vector<runtime::StepPart>& parts) {
    Graph graph;
    std::map<NodeId, NodeId> arrays;  // by that of the order's graph the input that shows it
    Comprehension rows = rows_at_work(state_.idle.at(number_of_recurrence_), rows_of_a_part());
    rows.body = rename_nodes(rows.body, [&](NodeId array) {
      const auto [known, is_new] = arrays.try_emplace(array);
      if (is_new) {
        const Node& shown = state_.graph[array];
        const Input* input = input_of(state_.graph, root_of(state_.graph, array));
        known->second =
            add_input(graph, input ? *input : Input{InputRole::Fitted, shown.name, ""}, shown.axes, shown.element, {});
      }
      return known->second;
    });
    const NodeId node = add_comprehension(graph, "rows at work", numbered_axes({recurrence_.extent, rows_.parts}, "a"),
                                          std::move(rows), state_.graph[recurrence_.members.front()].span);
    const BufferId buffer = add_buffer(maker_.plan, graph, node, {});
    const auto argument = [&](NodeId read) {
      for (const auto& [array, input] : arrays)
        if (input == read) return runtime::Argument{buffer_of(state_, array).value, {}};
      return runtime::Argument{buffer.value, {}};
    };
    parts.push_back({add_call(maker_, graph, {{node}, {node}, KernelClass::Reduction}, state_.byte_fields, argument)});
    const int64_t bytes = runtime::bytes_of(Storage::Float32);
    loop.at_work = buffer.value;
    if (in_parts()) loop.strides_at_work = {bytes, rows_.parts * bytes};
    else loop.strides_at_work = {bytes};
  }

  CallMaker& maker_;
  EntryState& state_;
  const size_t number_of_recurrence_;
  const Recurrence& recurrence_;
  const std::set<NodeId> shown_;  ///< members that are read outside of the loop
  const TripGraph trip_;
  const TripRows rows_;
};

}  // namespace

void add_loop(CallMaker& maker, EntryState& state, const Group& group, std::vector<runtime::StepPart>& parts) {
  LoopCalls(maker, state, group).run(parts);
}

}  // namespace dnnc
