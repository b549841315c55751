#pragma once
#include <functional>
#include <map>
#include <string>
#include <unordered_map>

#include "compiler/kernels/idle_trips.h"
#include "compiler/kernels/kernel.h"
#include "compiler/kernels/trip_order.h"
#include "compiler/kernels/updates.h"

namespace dnnc {

/// Kernels by their symbol; all entries share them.
using KernelNumbers = std::map<std::string, KernelId>;

/// What an entry is planned with: its graph, and the buffer of each root node.
struct EntryState {
  const TripOrder& order;
  const Graph& graph;  ///< that of `order`
  const std::set<std::string>& byte_fields;
  const FusionLimits& limits;
  std::vector<Group> groups;
  UpdatePlan updates;
  std::unordered_map<NodeId, BufferId> buffers;
  std::map<size_t, IdleTrips> idle = {};  ///< by the number of the recurrence
};

/// The entry's calls, and the plan that they are added to.
struct CallMaker {
  Plan& plan;
  KernelNumbers& numbers;
  Entry& entry;
};

BufferId add_buffer(Plan& plan, const Graph& graph, NodeId node, const std::set<std::string>& byte_fields);
BufferId buffer_of(const EntryState& state, NodeId node);

/// What a call sees as a node of its group's graph.
using ArgumentOf = std::function<runtime::Argument(NodeId)>;
/// Adds the call that computes a group of `graph`, and returns its number.
size_t add_call(CallMaker& maker, const Graph& graph, const Group& group, const std::set<std::string>& byte_fields,
                const ArgumentOf& argument_of);
/// Adds the call that copies the elements of an array like `node`.
size_t add_copy(CallMaker& maker, const Node& node, const runtime::Argument& from, const runtime::Argument& to);

/// Adds the calls of a recurrence: those before the loop, then the loop.
void add_loop(CallMaker& maker, EntryState& state, const Group& group, std::vector<runtime::StepPart>& parts);

}  // namespace dnnc
