#include <algorithm>

#include "compiler/kernels/access.h"
#include "compiler/kernels/body.h"
#include "compiler/kernels/calls.h"
#include "compiler/kernels/trip_graph.h"

namespace dnnc {
namespace {

int64_t bytes_of_elements(const Graph& graph, NodeId node, const std::set<std::string>& byte_fields) {
  return element_count(graph[node]) * runtime::bytes_of(storage_of(graph, node, byte_fields));
}

/// The loop of a recurrence while its calls are made.
class LoopCalls {
 public:
  LoopCalls(CallMaker& maker, EntryState& state, const Group& group)
      : maker_(maker),
        state_(state),
        recurrence_(state.graph.recurrences[*group.recurrence]),
        shown_(group.outputs.begin(), group.outputs.end()),
        trip_(trip_graph(state.order, recurrence_, shown_, state.byte_fields, maker.plan.memory)) {}

  void run(std::vector<runtime::StepPart>& parts) {
    for (NodeId member : trip_.stored)
      if (!state_.buffers.contains(member)) state_.buffers[member] = add_buffer(maker_.plan, state_.graph, member, {});
    for (NodeId member : trip_.stored)
      if (needs_zeros(member)) parts.push_back({add_zeros(member)});
    for (const auto& [member, node] : trip_.members) member_of_[node] = member;
    runtime::Loop loop;
    loop.extent = recurrence_.extent;
    loop.direction = recurrence_.backward ? runtime::Direction::Backward : runtime::Direction::Forward;
    for (const Group& group : fuse(trip_.graph, state_.limits)) {
      if (group.outputs.empty()) continue;
      const auto argument = [&](NodeId node) { return argument_of(node); };
      loop.body.push_back({add_call(maker_, trip_.graph, group, state_.byte_fields, argument)});
    }
    for (NodeId member : trip_.read_whole)
      loop.body.push_back({add_copy(maker_, trip_.graph[trip_.members.at(member)],
                                    {scratch_of(trip_.members.at(member)).value, {}}, piece_of(member))});
    if (number_.valid()) loop.trip = number_.value;
    parts.push_back({std::move(loop)});
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

  int64_t stride_of(NodeId array) const { return bytes_of_piece(state_.graph, array, state_.byte_fields); }

  runtime::Argument piece_of(NodeId member) const {
    const int64_t bytes = bytes_of_elements(trip_.graph, trip_.members.at(member), {});
    return {buffer_of(state_, member).value, runtime::Window{bytes, {stride_of(member)}, {}}};
  }

  BufferId scratch_of(NodeId node) {
    const auto [known, is_new] = scratch_.try_emplace(node);
    if (is_new) known->second = add_buffer(maker_.plan, trip_.graph, node, {});
    return known->second;
  }

  runtime::Argument argument_of(NodeId node) {
    const auto read = trip_.inputs.find(node);
    if (read != trip_.inputs.end()) return argument_of(node, read->second);
    const auto member = member_of_.find(node);
    const bool kept = member != member_of_.end() && trip_.stored.contains(member->second);
    if (kept && !trip_.read_whole.contains(member->second)) return piece_of(member->second);
    return {scratch_of(node).value, {}};
  }

  runtime::Argument argument_of(NodeId node, const TripInput& read) {
    if (!read.array.valid()) {
      if (!number_.valid()) number_ = add_buffer(maker_.plan, trip_.graph, node, {});
      return {number_.value, {}};
    }
    const BufferId buffer = buffer_of(state_, read.array);
    if (!read.piece) return {buffer.value, {}};
    runtime::Window window{bytes_of_elements(trip_.graph, node, state_.byte_fields), {stride_of(read.array)}, {}};
    if (read.trips_before > 0)
      window.lag =
          runtime::Window::Lag{0, read.trips_before, buffer_of(state_, read.start).value, {stride_of(read.start)}};
    return {buffer.value, std::move(window)};
  }

  CallMaker& maker_;
  EntryState& state_;
  const Recurrence& recurrence_;
  const std::set<NodeId> shown_;  ///< members that are read outside of the loop
  const TripGraph trip_;
  std::map<NodeId, NodeId> member_of_;
  std::map<NodeId, BufferId> scratch_;  ///< of what no later trip reads
  BufferId number_ = {};                ///< of the trip
};

}  // namespace

void add_loop(CallMaker& maker, EntryState& state, const Group& group, std::vector<runtime::StepPart>& parts) {
  LoopCalls(maker, state, group).run(parts);
}

}  // namespace dnnc
