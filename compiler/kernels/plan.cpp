#include <algorithm>
#include <map>
#include <unordered_map>

#include "compiler/kernels/access.h"
#include "compiler/kernels/body.h"
#include "compiler/kernels/kernel.h"
#include "compiler/kernels/memory.h"
#include "compiler/kernels/streams.h"
#include "compiler/kernels/updates.h"
#include "compiler/kernels/wide_formulas.h"
#include "compiler/passes/formulas/own_element.h"
#include "compiler/passes/passes.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

/// Inputs that outlive a step, by role and name; all entries share them.
using KeptBuffers = std::map<std::pair<InputRole, std::string>, BufferId>;
/// Kernels by their symbol; all entries share them.
using KernelNumbers = std::map<std::string, KernelId>;

BufferId add_buffer(Plan& plan, const Graph& graph, NodeId node, const std::set<std::string>& byte_fields) {
  Buffer buffer;
  buffer.name = graph[node].name;
  buffer.storage = storage_of(graph, node, byte_fields);
  buffer.extents = extents_of(graph[node].axes);
  if (const Input* input = input_of(graph, node)) buffer.name = input->name;
  buffer.bytes = element_count(graph[node]) * bytes_of(buffer.storage);
  return plan.buffers.push(std::move(buffer));
}

/// What an entry is planned with: its graph, the buffer of each root node, and which nodes are in use by outputs.
struct EntryState {
  const EntryGraph& source;
  std::vector<Group> groups;
  UpdatePlan updates;
  std::unordered_map<NodeId, BufferId> buffers;
};

/// Gives each input that anything reads or stores its buffer.
void add_inputs(EntryState& state, Plan& plan, KeptBuffers& kept, Entry& entry) {
  const Graph& graph = state.source.graph;
  const auto readers = readers_of(graph);
  std::set<NodeId> asked;
  for (const Output& output : graph.outputs) asked.insert({root_of(graph, output.node), output.target});
  for (NodeId node : node_ids(graph)) {
    const Input* input = input_of(graph, node);
    if (!input || (readers[node.value].empty() && !asked.contains(node))) continue;
    const auto known = outlives_step(input->role) ? kept.find({input->role, input->name}) : kept.end();
    if (known != kept.end()) {
      check(plan.buffers[known->second].extents == extents_of(graph[node].axes),
            "plan: two shapes of the input " + input->name);
      state.buffers[node] = known->second;
    } else {
      state.buffers[node] = add_buffer(plan, graph, node, state.source.byte_fields);
      if (outlives_step(input->role)) kept[{input->role, input->name}] = state.buffers[node];
    }
    entry.inputs.push_back({input->name, input->role, OutputRole::Value, state.buffers[node], graph[node].element,
                            extents_of(graph[node].axes)});
  }
}

/// Gives each result of a group its buffer: that of the input it is the new value of, or scratch memory.
void add_results(EntryState& state, Plan& plan) {
  const Graph& graph = state.source.graph;
  for (const Group& group : state.groups)
    for (NodeId node : group.outputs) {
      const auto target = state.updates.direct.find(node);
      state.buffers[node] =
          target != state.updates.direct.end() ? state.buffers.at(target->second) : add_buffer(plan, graph, node, {});
    }
}

BufferId buffer_of(const EntryState& state, NodeId node) {
  const auto found = state.buffers.find(root_of(state.source.graph, node));
  check(found != state.buffers.end(), "plan: no buffer holds " + state.source.graph[node].name);
  return found->second;
}

KernelId share(Plan& plan, KernelNumbers& numbers, Kernel kernel) {
  const auto known = numbers.find(kernel.symbol);
  if (known != numbers.end()) return known->second;
  const std::string symbol = kernel.symbol;
  return numbers[symbol] = plan.kernels.push(std::move(kernel));
}

KernelCall call_of_group(const EntryState& state, Plan& plan, KernelNumbers& numbers, const Group& group) {
  const Graph& graph = state.source.graph;
  GroupKernel cut = cut_out(graph, group, state.source.byte_fields);
  const Node& shown = graph[group.outputs.front()];
  KernelCall call{KernelId{}, {}, shown.span, shown.name};
  for (NodeId node : cut.inputs) call.buffers.push_back(buffer_of(state, node));
  const auto inputs = call.buffers;
  std::vector<int> in_place;
  for (NodeId node : cut.outputs) {
    const BufferId buffer = buffer_of(state, node);
    const auto over = std::find(inputs.begin(), inputs.end(), buffer);
    in_place.push_back(over == inputs.end() ? -1 : static_cast<int>(over - inputs.begin()));
    call.buffers.push_back(buffer);
  }
  finish_kernel(cut.kernel, std::move(in_place));
  call.kernel = share(plan, numbers, std::move(cut.kernel));
  return call;
}

/// The kernel that copies the elements of `node`.
KernelCall call_of_copy(const EntryState& state, Plan& plan, KernelNumbers& numbers, NodeId node, BufferId from,
                        BufferId to) {
  Graph graph;
  const Node& original = state.source.graph[node];
  const NodeId input = add_input(graph, {InputRole::Field, original.name, ""}, original.axes, original.element, {});
  const NodeId copy = add_comprehension(graph, original.name, original.axes,
                                        {Reduction::None, {}, own_element(graph, input)}, original.span);
  GroupKernel cut = cut_out(graph, {{copy}, {copy}, KernelClass::Pointwise}, {});
  cut.kernel.inputs = {plan.buffers[from].storage};
  finish_kernel(cut.kernel, {-1});
  return {share(plan, numbers, std::move(cut.kernel)), {from, to}, original.span, "copy of " + original.name};
}

/// The calls of all groups and copies, one after the other.
void add_calls(EntryState& state, Plan& plan, KernelNumbers& numbers, Entry& entry) {
  const Graph& graph = state.source.graph;
  const std::vector<bool> early = needed_before_updates(graph);
  const auto is_late = [&](const Group& group) { return !early[group.outputs.front().value]; };
  const auto first_late = std::find_if(state.groups.begin(), state.groups.end(), is_late);
  for (auto group = state.groups.begin(); group != first_late; ++group)
    entry.calls.push_back(call_of_group(state, plan, numbers, *group));
  std::unordered_map<NodeId, BufferId> saved;
  for (NodeId node : state.updates.saved) {
    saved[node] = add_buffer(plan, graph, node, {});
    entry.calls.push_back(call_of_copy(state, plan, numbers, node, buffer_of(state, node), saved[node]));
  }
  const size_t first_update = entry.calls.size();
  for (auto group = first_late; group != state.groups.end(); ++group)
    entry.calls.push_back(call_of_group(state, plan, numbers, *group));
  for (const auto& [node, target] : state.updates.copies) {
    const BufferId from = saved.contains(node) ? saved[node] : buffer_of(state, node);
    entry.calls.push_back(call_of_copy(state, plan, numbers, node, from, buffer_of(state, target)));
  }
  entry.step = runtime::straight_step(entry.calls.size(), first_update);
}

void add_outputs(const EntryState& state, Entry& entry) {
  const Graph& graph = state.source.graph;
  const bool stores = std::any_of(graph.outputs.begin(), graph.outputs.end(),
                                  [](const Output& output) { return output.role == OutputRole::Update; });
  for (const Output& output : graph.outputs) {
    const Node& node = graph[output.node];
    const BufferId buffer = buffer_of(state, output.role == OutputRole::Update ? output.target : output.node);
    entry.outputs.push_back({output.name, InputRole::Field, output.role, buffer, node.element, extents_of(node.axes)});
    if (stores && output.role == OutputRole::Value) entry.guards.push_back({output.name, node.span, buffer});
  }
  // The loss last: a gradient tells more.
  for (const Output& output : graph.outputs)
    if (stores && output.role == OutputRole::Loss)
      entry.guards.push_back({output.name, graph[output.node].span, buffer_of(state, output.node)});
}

Entry plan_entry(const EntryGraph& source, const FusionLimits& limits, Plan& plan, KeptBuffers& kept,
                 KernelNumbers& numbers) {
  Entry entry;
  entry.kind = source.kind;
  entry.graph = source.graph.name;
  entry.batch = source.batch;
  EntryState state{source, fuse(source.graph, limits), {}, {}};
  state.updates = plan_updates(source.graph, state.groups);
  add_inputs(state, plan, kept, entry);
  add_results(state, plan);
  add_calls(state, plan, numbers, entry);
  add_outputs(state, entry);
  return entry;
}

}  // namespace

Plan plan(const std::vector<EntryGraph>& graphs, const FusionLimits& limits, const runtime::MemoryLayout& memory) {
  Plan plan;
  plan.memory = memory;
  KeptBuffers kept;
  KernelNumbers numbers;
  for (const EntryGraph& graph : graphs) {
    // A group that writes nothing has no kernel.
    const EntryGraph needed{graph.kind, graph.batch, take_out_streams(cut_wide_formulas(drop_dead(graph.graph))),
                            graph.byte_fields};
    plan.entries.push_back(plan_entry(needed, limits, plan, kept, numbers));
  }
  place_buffers(plan);
  return plan;
}

}  // namespace dnnc
