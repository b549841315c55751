#include "compiler/sema/training/inner_nets.h"

#include <algorithm>

#include "compiler/ir/gradient_paths.h"
#include "compiler/sema/training/training_nodes.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

/// Whether it is made of the fields of the data before the net begins.
bool is_given(const Graph& graph, NodeId node, const std::string& net) {
  const NodeSet behind = dependencies(graph, {node});
  return std::ranges::all_of(behind, [&](NodeId one) {
    const std::string& name = graph[one].name;
    return !name.starts_with(net + "/") && !name.starts_with(net + ".");
  });
}

/// Gives the argument a field of its own, in the graph to which the net is copied.
void add_own_field(const Graph& from, Graph& to, const NetArgument& argument, const std::string& path, NodeMap& known,
                   InnerNet& net) {
  const Node& node = from[argument.node];
  RawField field{.name = path + "." + argument.name, .shape = {}, .element = node.element, .column = argument.name};
  for (size_t axis = 1; axis < node.axes.size(); ++axis) field.shape.push_back(node.axes[axis].extent);
  known[argument.node] = add_input(to, {InputRole::Field, field.name, ""}, node.axes, node.element, node.span);
  net.info.own_fields.push_back(field);
  net.info.inputs.push_back(field.name);
}

/// The fields of the source that the graph reads, each once.
void add_fields_of_data(const Graph& graph, const Run& run, std::vector<std::string>& inputs) {
  for (const RawField& raw : run.raw)
    for (const Node& node : graph.nodes) {
      const auto* input = std::get_if<Input>(&node.kind);
      if (input && input->role == InputRole::Field && input->name == raw.name &&
          std::ranges::count(inputs, raw.name) == 0)
        inputs.push_back(raw.name);
    }
}

}  // namespace

std::optional<InnerNet> assemble_inner_net(const Program& program, const Run& run, const std::string& path,
                                           int64_t batch) {
  Graph whole;
  Diagnostics diagnostics(*program.sources);
  std::optional<Forward> forward = use_net_on_data(program, run, whole, diagnostics, false, batch, {}, true);
  if (!forward) return std::nullopt;
  const std::vector<NetUse>& uses = forward->elaboration.net_uses;
  const auto use = std::ranges::find(uses, path, &NetUse::path);
  if (use == uses.end() || !use->alone) return std::nullopt;
  InnerNet net;
  net.info.path = path;
  net.info.net = use->net;
  forward->results.clear();
  for (const auto& [info, scores] : use->results) {
    net.info.outputs.push_back(info);
    forward->results.push_back({info, scores});
  }
  add_answers_of_scores(*forward, run);
  NodeMap known;
  for (const NetArgument& argument : use->arguments)
    if (batched(whole[argument.node]) && !is_given(whole, argument.node, run.net->name()))
      add_own_field(whole, net.graph, argument, path, known, net);
  std::vector<NodeId> roots;
  for (const Output& output : whole.outputs) roots.push_back(output.node);
  copy_nodes(whole, net.graph, roots, known);
  for (Output output : whole.outputs) {
    output.node = known.at(output.node);
    net.graph.outputs.push_back(std::move(output));
  }
  add_fields_of_data(net.graph, run, net.info.inputs);
  net.graph.name = run.block.settings.name + "." + path;
  net.graph = without_dead_nodes(net.graph, known = {});
  if (run.block.average) read_averages(net.graph);
  return net;
}

std::optional<InnerNet> build_inner_net(const Model& model, const Training& training, const std::string& path) {
  const Elaborator& elaborator = *model.elaborator;
  return assemble_inner_net(*elaborator.program, elaborator.runs.at(training.name), path, training.batch);
}

}  // namespace dnnc
