#include <algorithm>
#include <map>
#include <unordered_map>

#include "compiler/kernels/access.h"
#include "compiler/kernels/calls.h"
#include "compiler/kernels/kernel.h"
#include "compiler/kernels/memory.h"
#include "compiler/kernels/split_products.h"
#include "compiler/kernels/streams.h"
#include "compiler/kernels/taking.h"
#include "compiler/kernels/turn_matrices.h"
#include "compiler/kernels/wide_formulas.h"
#include "compiler/passes/passes.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

/// Inputs that outlive a step, by role and name; all entries share them.
using KeptBuffers = std::map<std::pair<InputRole, std::string>, BufferId>;
/// Gives each input that anything reads or stores its buffer.
void add_inputs(EntryState& state, Plan& plan, KeptBuffers& kept, Entry& entry) {
  const Graph& graph = state.graph;
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
      state.buffers[node] = add_buffer(plan, graph, node, state.byte_fields);
      if (outlives_step(input->role)) kept[{input->role, input->name}] = state.buffers[node];
    }
    entry.inputs.push_back({input->name, input->role, OutputRole::Value, state.buffers[node], graph[node].element,
                            extents_of(graph[node].axes)});
  }
}

/// Gives each result of a group its buffer: that of the input it is the new value of, or scratch memory.
void add_results(EntryState& state, Plan& plan) {
  const Graph& graph = state.graph;
  for (const Group& group : state.groups)
    for (NodeId node : group.outputs) {
      const auto target = state.updates.direct.find(node);
      state.buffers[node] =
          target != state.updates.direct.end() ? state.buffers.at(target->second) : add_buffer(plan, graph, node, {});
    }
}

runtime::Argument whole(const EntryState& state, NodeId node) { return {buffer_of(state, node).value, {}}; }

/// The calls of all groups and copies, one after the other, and the loops of recurrences.
void add_calls(EntryState& state, CallMaker& maker) {
  const Graph& graph = state.graph;
  const std::vector<bool> early = needed_before_updates(graph);
  const auto is_late = [&](const Group& group) { return !early[group.nodes.back().value]; };
  const auto first_late = std::find_if(state.groups.begin(), state.groups.end(), is_late);
  const auto argument_of = [&](NodeId node) { return whole(state, node); };
  runtime::Step& step = maker.entry.step;
  const auto add_group = [&](const Group& group, std::vector<runtime::StepPart>& parts) {
    if (group.recurrence) add_loop(maker, state, group, parts);
    else parts.push_back({add_call(maker, graph, group, state.byte_fields, argument_of)});
  };
  for (auto group = state.groups.begin(); group != first_late; ++group) add_group(*group, step.compute);
  std::unordered_map<NodeId, BufferId> saved;
  for (NodeId node : state.updates.saved) {
    saved[node] = add_buffer(maker.plan, graph, node, {});
    step.compute.push_back({add_copy(maker, graph[node], whole(state, node), {saved[node].value, {}})});
  }
  for (auto group = first_late; group != state.groups.end(); ++group) add_group(*group, step.update);
  for (const auto& [node, target] : state.updates.copies) {
    const BufferId from = saved.contains(node) ? saved[node] : buffer_of(state, node);
    step.update.push_back({add_copy(maker, graph[node], {from.value, {}}, whole(state, target))});
  }
}

/// What is looked at before updates, in the order in which it is told: gradients tell more than the loss.
std::vector<const Output*> guarded_outputs(const Graph& graph) {
  std::vector<const Output*> guarded;
  const auto stores = [](const Output& output) { return output.role == OutputRole::Update; };
  if (std::ranges::none_of(graph.outputs, stores)) return guarded;
  for (const OutputRole role : {OutputRole::Value, OutputRole::Loss})
    for (const Output& output : graph.outputs)
      if (output.role == role) guarded.push_back(&output);
  return guarded;
}

void add_outputs(const EntryState& state, Entry& entry) {
  const Graph& graph = state.graph;
  for (const Output& output : graph.outputs) {
    const Node& node = graph[output.node];
    const BufferId buffer = buffer_of(state, output.role == OutputRole::Update ? output.target : output.node);
    entry.outputs.push_back({output.name, InputRole::Field, output.role, buffer, node.element, extents_of(node.axes)});
  }
  for (const Output* output : guarded_outputs(graph))
    entry.guards.push_back({output->name, graph[output->node].span, buffer_of(state, output->node)});
}

/// Lets the one kernel before the updates look at what is guarded, if there is one, and it stores all of that, and that is little,
/// in few arrays: one launch reads all of them.
bool let_kernel_look(EntryState& state) {
  const Graph& graph = state.graph;
  const std::vector<bool> early = needed_before_updates(graph);
  const auto is_late = [&](const Group& group) { return !early[group.nodes.back().value]; };
  const auto before = std::ranges::find_if(state.groups, is_late) - state.groups.begin();
  std::vector<NodeId> looked_at;
  int64_t numbers = 0;
  for (const Output* output : guarded_outputs(graph)) {
    looked_at.push_back(root_of(graph, output->node));
    numbers += element_count(graph[output->node]);
  }
  if (looked_at.empty() || looked_at.size() > most_arrays_of_formula) return false;
  if (numbers > state.limits.most_looked_at || before != 1) return false;
  Group& group = state.groups.front();
  const auto is_stored = [&](NodeId node) { return std::ranges::find(group.outputs, node) != group.outputs.end(); };
  if (group.recurrence || !std::ranges::all_of(looked_at, is_stored)) return false;
  group.looked_at = std::move(looked_at);
  return true;
}

Entry plan_entry(const EntryGraph& source, const FusionLimits& limits, Plan& plan, KeptBuffers& kept,
                 KernelNumbers& numbers) {
  Entry entry;
  entry.kind = source.kind;
  entry.graph = source.graph.name;
  entry.batch = source.batch;
  // A group that writes nothing has no kernel.
  const TripOrder order = order_by_trips(
      turn_matrices(split_products(take_out_streams(cut_wide_formulas(drop_dead(source.graph))))), plan.memory);
  EntryState state{order, order.graph, source.byte_fields, limits, fuse(order.graph, limits), {}, {}};
  state.updates = plan_updates(order.graph, state.groups);
  if (limits.asks_numbers) state.idle = find_idle_trips(order);
  add_inputs(state, plan, kept, entry);
  add_results(state, plan);
  entry.looks = let_kernel_look(state);
  CallMaker maker{plan, numbers, entry};
  let_kernels_take(state, maker, source.byte_fields);
  add_calls(state, maker);
  let_kernels_record(state, maker, source.byte_fields);
  add_outputs(state, entry);
  return entry;
}

}  // namespace

Plan plan(const std::vector<EntryGraph>& graphs, const FusionLimits& limits, const runtime::MemoryLayout& memory) {
  Plan plan;
  plan.memory = memory;
  KeptBuffers kept;
  KernelNumbers numbers;
  for (const EntryGraph& graph : graphs) plan.entries.push_back(plan_entry(graph, limits, plan, kept, numbers));
  place_buffers(plan);
  return plan;
}

}  // namespace dnnc
