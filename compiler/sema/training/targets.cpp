#include "compiler/sema/training/targets.h"

#include <algorithm>

#include "compiler/sema/training/training_nodes.h"

namespace dnnc {
namespace {

/// The field of the source that the node is, or null.
const Input* source_field(const Graph& graph, NodeId node) {
  const auto* input = std::get_if<Input>(&graph[node].kind);
  return input && input->role == InputRole::Field ? input : nullptr;
}

}  // namespace

std::optional<Assembled> assemble_targets(const Program& program, const Run& run, int64_t batch,
                                          Diagnostics& diagnostics) {
  Assembled result;
  Elaboration elaboration = begin_elaboration(program, result.graph, diagnostics, false, batch);
  std::vector<std::string> fields;
  for (const Pair& pair : run.pairs) fields.push_back(pair.field);
  const std::optional<FieldValues> values = field_values(elaboration, run, fields);
  if (!values) return std::nullopt;
  for (const Pair& pair : run.pairs) {
    // A metric may compare it with another field than the loss, which comes first.
    if (std::ranges::count(result.outputs, pair.result, &OutputInfo::name)) continue;
    const FieldValue& field = field_at_end(*values, run, pair.field);
    NodeId node = node_of(elaboration, field.original.value_or(field.value), pair.result, pair.span);
    OutputInfo& info = result.outputs.emplace_back();
    info.name = pair.result;
    info.standardized = !run.names->fitted_last(pair.field).empty();
    if (const Input* source = source_field(result.graph, node)) {
      info.target = source->name;
      continue;
    }
    info.makes_target = true;
    node = with_batch(result.graph, node, batch);
    result.graph.outputs.push_back({OutputRole::Result, pair.result, node, {}});
  }
  return result;
}

}  // namespace dnnc
