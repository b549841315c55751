#include "compiler/kernels/taking.h"

#include <algorithm>

#include "compiler/kernels/access.h"
#include "compiler/kernels/body.h"
#include "compiler/support/check.h"
#include "runtime/program/batch_words.h"
#include "runtime/program/tensor_names.h"

namespace dnnc {
namespace {

/// Of one kernel, with what it takes: drivers know limits of arguments.
constexpr size_t most_arguments = 64;

/// The settings that change from batch to batch.
std::vector<runtime::SettingName> settings_of_batch(EntryKind kind) {
  if (kind == EntryKind::Train) return {runtime::SettingName::Step, runtime::SettingName::Count};
  if (kind == EntryKind::Evaluate) return {runtime::SettingName::First, runtime::SettingName::Count};
  return {};
}

std::optional<runtime::SettingName> setting_of_batch(EntryKind kind, const std::string& input) {
  for (const runtime::SettingName name : settings_of_batch(kind))
    if (input == runtime::word_of(name)) return name;
  return std::nullopt;
}

bool is_update(const Output& output) { return output.role == OutputRole::Update; }

/// Inputs that hold something else in each step.
std::vector<NodeId> inputs_of_batch(const EntryState& state, EntryKind kind) {
  std::vector<NodeId> all;
  for (const NodeId node : node_ids(state.graph)) {
    const Input* input = input_of(state.graph, node);
    if (!input || !state.buffers.contains(node)) continue;
    if (input->role == InputRole::Field) all.push_back(node);
    if (input->role == InputRole::Setting && setting_of_batch(kind, input->name)) all.push_back(node);
  }
  return all;
}

size_t arguments_of(const Graph& graph, const Group& group, const std::vector<NodeId>& more) {
  std::set<NodeId> all(more.begin(), more.end());
  for (const NodeId node : read_from_outside(graph, group)) all.insert(node);
  return all.size() + group.outputs.size();
}

/// What a step tells the host.
std::vector<NodeId> recorded_nodes(const Graph& graph) {
  std::vector<NodeId> all;
  for (const Output& output : graph.outputs) {
    const NodeId node = root_of(graph, output.node);
    if (runtime::is_recorded(output.role) && std::ranges::find(all, node) == all.end()) all.push_back(node);
  }
  return all;
}

/// A call of a kernel for what it takes or records alone, with a number that nobody reads.
size_t add_own_kernel(EntryState& state, CallMaker& maker, const std::vector<NodeId>& taken,
                      const std::vector<NodeId>& recorded, const std::set<std::string>& byte_fields) {
  Graph graph;
  graph.name = "batch";
  std::map<NodeId, NodeId> there;
  Group group{{}, {}, KernelClass::Gather};
  const auto add = [&](NodeId node, const Input& input) {
    const Node& meant = state.graph[node];
    const NodeId own = add_input(graph, input, meant.axes, meant.element, meant.span);
    there[own] = node;
    return own;
  };
  for (const NodeId node : taken) group.taken.push_back(add(node, *input_of(state.graph, node)));
  for (const NodeId node : recorded)
    group.recorded.push_back(add(node, {InputRole::State, state.graph[node].name, ""}));
  const NodeId nothing = add_comprehension(graph, "batch", {}, {Reduction::None, {}, constant(0)}, {});
  group.nodes = group.outputs = {nothing};
  const BufferId buffer = add_buffer(maker.plan, graph, nothing, {});
  return add_call(maker, graph, group, byte_fields, [&](NodeId node) {
    return runtime::Argument{node == nothing ? buffer.value : buffer_of(state, there.at(node)).value, {}};
  });
}

}  // namespace

void let_kernels_take(EntryState& state, CallMaker& maker, const std::set<std::string>& byte_fields) {
  const EntryKind kind = maker.entry.kind;
  if (!state.limits.takes_batches || settings_of_batch(kind).empty() || state.groups.empty()) return;
  const std::vector<NodeId> taken = inputs_of_batch(state, kind), recorded = recorded_nodes(state.graph);
  const auto is_field = [&](NodeId node) { return input_of(state.graph, node)->role == InputRole::Field; };
  const auto fields = static_cast<size_t>(std::ranges::count_if(taken, is_field));
  if (fields == 0 || fields > runtime::most_taken_fields) return;
  if (std::max(taken.size(), recorded.size()) >= most_arguments || recorded.empty()) return;
  maker.entry.takes = true;
  Group &first = state.groups.front(), &last = state.groups.back();
  if (first.recurrence || arguments_of(state.graph, first, taken) > most_arguments)
    maker.entry.step.compute.push_back({add_own_kernel(state, maker, taken, {}, byte_fields)});
  else first.taken = taken;
  // Steps that come to nothing are not recorded, and it is the updates that they leave out.
  const bool stores = std::ranges::any_of(state.graph.outputs, is_update);
  const bool is_late = !needed_before_updates(state.graph)[last.nodes.back().value];
  std::vector<NodeId> both = recorded;
  both.insert(both.end(), last.taken.begin(), last.taken.end());
  if (!last.recurrence && is_late == stores && arguments_of(state.graph, last, both) <= most_arguments)
    last.recorded = recorded;
}

void let_kernels_record(EntryState& state, CallMaker& maker, const std::set<std::string>& byte_fields) {
  if (!maker.entry.takes || !state.groups.back().recorded.empty()) return;
  runtime::Step& step = maker.entry.step;
  const bool stores = std::ranges::any_of(state.graph.outputs, is_update);
  (stores ? step.update : step.compute)
      .push_back({add_own_kernel(state, maker, {}, recorded_nodes(state.graph), byte_fields)});
}

Taking taking_of(const Entry& entry, const Graph& graph, const Group& group, const std::vector<NodeId>& inputs) {
  Taking taking{entry.batch, {}, {}};
  for (const NodeId node : group.taken) {
    std::vector<size_t> arguments;
    for (size_t k = 0; k < inputs.size(); ++k)
      if (root_of(graph, inputs[k]) == node) arguments.push_back(k);
    const Input& input = *input_of(graph, node);
    if (input.role == InputRole::Setting) {
      taking.settings.push_back({arguments.front(), *setting_of_batch(entry.kind, input.name)});
      continue;
    }
    size_t number = 0;
    for (const Entry::Port& port : entry.inputs) {
      if (port.role != InputRole::Field) continue;
      if (port.name == input.name) break;
      ++number;
    }
    check(element_count(graph[node]) % entry.batch == 0, "plan: a field that is no batch: " + input.name);
    taking.fields.push_back({arguments, number, !runtime::field_of_rest(input.name).empty()});
  }
  return taking;
}

}  // namespace dnnc
