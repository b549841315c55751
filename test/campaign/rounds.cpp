#include "test/campaign/rounds.h"

#include <fmt/core.h>

#include "compiler/passes/passes.h"
#include "compiler/sema/made_up_inputs.h"
#include "compiler/support/check.h"

namespace dnnc::campaign {
namespace {

constexpr int updates = 10;
constexpr GraphKind entry_kinds[] = {GraphKind::Initial, GraphKind::Train, GraphKind::Evaluate, GraphKind::Predict};

Graph optimized(Graph graph, const std::set<std::string>& without) {
  for (const Pass& pass : graph_passes()) {
    if (without.contains(pass.name)) continue;
    graph = pass.run(std::move(graph));
    for (const std::string& wrong : verify(graph)) check(false, fmt::format("after {}: {}", pass.name, wrong));
  }
  return graph;
}

void set(Inputs& inputs, const std::string& name, int64_t value) {
  if (const auto found = inputs.find(name); found != inputs.end()) found->second = {static_cast<double>(value)};
}

Inputs inputs_read(const Graph& graph, const Inputs& all) {
  Inputs inputs;
  for (const Node& node : graph.nodes)
    if (const Input* input = std::get_if<Input>(&node.kind)) inputs[input_key(*input)] = all.at(input_key(*input));
  return inputs;
}

Round run_round(test::RunningProgram& program, const Graph& graph, size_t entry, int64_t number, const Inputs& inputs) {
  Round round{entry, number, inputs, {}};
  for (const auto& [name, values] : inputs) program.set(name, values, entry);
  program.step(entry);
  for (size_t place = 0; place < graph.outputs.size(); ++place) {
    round.outputs.push_back(program.output(place, entry));
    round.outputs.back().resize(static_cast<size_t>(element_count(graph[graph.outputs[place].node])));
  }
  return round;
}

}  // namespace

Graph with_input_gradients(Graph graph) {
  NodeId loss;
  for (const Output& output : graph.outputs)
    if (output.role == OutputRole::Loss) loss = output.node;
  for (const NodeId node : node_ids(graph)) {
    const Input* input = std::get_if<Input>(&graph[node].kind);
    if (!input || input->role != InputRole::Field || graph[node].element.kind != Element::Kind::Real) continue;
    const std::string name = "gradient of " + input->name;
    graph.outputs.push_back({OutputRole::Value, name, add_gradient(graph, loss, node, {}), {}});
  }
  return graph;
}

std::vector<EntryGraph> entries_of(const Model& model, const Training& training, const std::set<std::string>& without) {
  std::vector<EntryGraph> entries;
  for (const GraphKind kind : entry_kinds) {
    Graph graph = build_graph(model, training, kind, training.batch);
    if (graph.outputs.empty()) continue;
    if (kind == GraphKind::Train) graph = with_input_gradients(std::move(graph));
    entries.push_back({kind, training.batch, optimized(std::move(graph), without), {}});
  }
  return entries;
}

std::vector<EntryGraph> plain_entries_of(const Model& model, const Training& training) {
  return entries_of(model, training, {"stabilize", "simplify", "merge_duplicates"});
}

Inputs inputs_of(const Model& model, const Training& training, const std::vector<EntryGraph>& entries) {
  Inputs inputs;
  for (const EntryGraph& entry : entries) inputs.merge(made_up_inputs(model, training, entry.graph, training.batch));
  for (auto& [name, values] : inputs)
    for (double& value : values) value = static_cast<float>(value);
  return inputs;
}

int64_t run_rounds(const std::vector<EntryGraph>& entries, const test::Making& making, Inputs inputs,
                   const std::function<bool(const Round&)>& visit) {
  test::RunningProgram program(entries, making);
  const auto kernels = static_cast<int64_t>(program.plan().kernels.size());
  for (size_t entry = 0; entry < entries.size(); ++entry) {
    const Graph& graph = entries[entry].graph;
    const int64_t runs = entries[entry].kind == EntryKind::Train ? updates : 1;
    for (int64_t number = 1; number <= runs; ++number) {
      set(inputs, "count", number % 3 == 0 ? 1 : entries[entry].batch);
      set(inputs, "step", number);
      const Inputs read = inputs_read(graph, inputs);
      const Round round = run_round(program, graph, entry, number, read);
      if (!visit(round)) return kernels;
      for (size_t place = 0; place < graph.outputs.size(); ++place)
        if (const Output& output = graph.outputs[place]; output.role == OutputRole::Update)
          inputs[std::get<Input>(graph[output.target].kind).name] = round.outputs[place];
    }
  }
  return kernels;
}

}  // namespace dnnc::campaign
