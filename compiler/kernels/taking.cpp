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

size_t arguments_of(const Graph& graph, const Group& group, const std::vector<NodeId>& taken) {
  std::set<NodeId> all(taken.begin(), taken.end());
  for (const NodeId node : read_from_outside(graph, group)) all.insert(node);
  return all.size() + group.outputs.size();
}

/// A kernel that takes inputs and has a number that nobody reads.
void add_own_kernel(EntryState& state, CallMaker& maker, const std::vector<NodeId>& taken,
                    const std::set<std::string>& byte_fields) {
  Graph graph;
  graph.name = "batch";
  std::map<NodeId, NodeId> there;
  Group group{{}, {}, KernelClass::Gather};
  for (const NodeId node : taken) {
    const Node& input = state.graph[node];
    const NodeId own = add_input(graph, *input_of(state.graph, node), input.axes, input.element, input.span);
    there[own] = node;
    group.taken.push_back(own);
  }
  const NodeId nothing = add_comprehension(graph, "batch", {}, {Reduction::None, {}, constant(0)}, {});
  group.nodes = group.outputs = {nothing};
  const BufferId buffer = add_buffer(maker.plan, graph, nothing, {});
  const auto argument_of = [&](NodeId node) {
    return runtime::Argument{node == nothing ? buffer.value : buffer_of(state, there.at(node)).value, {}};
  };
  group.counts = true;
  maker.entry.step.compute.push_back({add_call(maker, graph, group, byte_fields, argument_of)});
}

}  // namespace

void let_kernels_take(EntryState& state, CallMaker& maker, const std::set<std::string>& byte_fields) {
  const EntryKind kind = maker.entry.kind;
  if (!state.limits.takes_batches || settings_of_batch(kind).empty() || state.groups.empty()) return;
  const std::vector<NodeId> taken = inputs_of_batch(state, kind);
  const auto is_field = [&](NodeId node) { return input_of(state.graph, node)->role == InputRole::Field; };
  const auto fields = static_cast<size_t>(std::ranges::count_if(taken, is_field));
  if (fields == 0 || taken.size() >= most_arguments || fields > runtime::most_taken_fields) return;
  maker.entry.takes = true;
  Group& first = state.groups.front();
  if (first.recurrence || arguments_of(state.graph, first, taken) > most_arguments)
    return add_own_kernel(state, maker, taken, byte_fields);
  first.taken = taken;
  // Any other that is called once may count; the one that takes has to count behind that.
  const auto once = [](const Group& group) { return !group.recurrence; };
  const auto counting = std::find_if(state.groups.rbegin(), state.groups.rend(), once);
  counting->counts = true;
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
