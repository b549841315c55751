#include "test/unit/passes/finite_difference.h"

#include "compiler/check_gradients/check_gradients.h"
#include "compiler/ir/gradient_paths.h"
#include "test/unit/graph_text.h"
#include "test/unit/random_graph.h"

namespace dnnc {
namespace {

bool is_real_input(const Node& node) {
  return std::holds_alternative<Input>(node.kind) && node.element.kind == Element::Kind::Real;
}

void expect_verified(const Graph& graph) {
  for (const std::string& fault : verify(graph)) ADD_FAILURE() << fault << "\n" << print(graph);
}

}  // namespace

Inputs inputs_between(const Graph& graph, uint64_t seed, double low, double high) {
  Inputs inputs = random_inputs(graph, seed);
  for (const Node& node : graph.nodes)
    if (is_real_input(node))
      for (double& value : inputs[std::get<Input>(node.kind).name]) value = low + (high - low) * (value + 1) / 2;
  return inputs;
}

Graph with_gradients(Graph graph) {
  NodeId loss = node_named(graph, "loss");
  NodeSet reached = gradient_paths(graph, loss);
  for (NodeId id : node_ids(graph)) {
    if (!is_real_input(graph[id]) || !reached.contains(id)) continue;
    NodeId gradient = add_gradient(graph, loss, id, {});
    graph.outputs.push_back({OutputRole::Value, "gradient of " + std::get<Input>(graph[id].kind).name, gradient, {}});
  }
  return graph;
}

void expect_gradients(const Graph& graph, const Inputs& inputs) {
  Graph asked = with_gradients(graph);
  Graph differentiated = differentiate(asked);
  expect_verified(differentiated);
  expect_verified(simplify(differentiated));
  if (testing::Test::HasFailure()) return;
  GradientCheckOptions alone;
  alone.passes = {{"differentiate", "", differentiate}};
  for (const GradientCheckOptions& options : {alone, GradientCheckOptions{}}) {
    GradientReport report = check_gradients(asked, inputs, options);
    EXPECT_TRUE(report.passed()) << print(report) << print(differentiated);
  }
}

void expect_gradients(const std::string& text, uint64_t seed, double low, double high) {
  Graph graph = graph_of(text);
  expect_gradients(graph, inputs_between(graph, seed, low, high));
}

}  // namespace dnnc
