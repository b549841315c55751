#include "test/unit/passes/finite_difference.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "compiler/ir/gradient_paths.h"
#include "compiler/passes/passes.h"
#include "test/unit/graph_text.h"

namespace dnnc {
namespace {

bool is_real_input(const Node& node) {
  return std::holds_alternative<Input>(node.kind) && node.element.kind == Element::Kind::Real;
}

/// The loss with element `place` of an input moved by `distance`.
double moved_loss(const Graph& graph, Inputs inputs, const std::string& name, size_t place, double distance) {
  inputs[name][place] += distance;
  return interpret(graph, inputs)[node_named(graph, "loss")][0];
}

/// Central differences with steps h and h / 2: their errors of order h^2 cancel.
double difference(const Graph& graph, const Inputs& inputs, const std::string& name, size_t place) {
  auto central = [&](double h) {
    return (moved_loss(graph, inputs, name, place, h) - moved_loss(graph, inputs, name, place, -h)) / (2 * h);
  };
  constexpr double step = 1e-3;
  return (4 * central(step / 2) - central(step)) / 3;
}

/// What the passes after differentiate leave must compute the same.
void expect_same_outputs(const Graph& graph, const IdVector<NodeTag, Values>& values, const Inputs& inputs) {
  Graph simple = drop_dead(merge_duplicates(simplify(graph)));
  for (const std::string& fault : verify(simple)) ADD_FAILURE() << fault << "\n" << print(simple);
  if (testing::Test::HasFailure()) return;
  IdVector<NodeTag, Values> simple_values = interpret(simple, inputs);
  for (size_t output = 0; output < graph.outputs.size(); ++output) {
    const Values &expected = values[graph.outputs[output].node], &found = simple_values[simple.outputs[output].node];
    for (size_t place = 0; place < expected.size(); ++place)
      ASSERT_NEAR(found[place], expected[place], 1e-10 * std::max(1.0, std::fabs(expected[place])))
          << graph.outputs[output].name << "\n" << print(simple);
  }
}

}  // namespace

Inputs inputs_between(const Graph& graph, uint64_t seed, double low, double high) {
  std::mt19937_64 engine(seed);
  Inputs inputs;
  for (const Node& node : graph.nodes) {
    const auto* input = std::get_if<Input>(&node.kind);
    if (!input) continue;
    Values values(element_count(node));
    for (double& value : values) {
      double share = static_cast<double>(engine() >> 11) * 0x1p-53;
      value = low + (high - low) * share;
      if (node.element.kind == Element::Kind::Class) value = std::floor(share * node.element.classes);
      if (node.element.kind == Element::Kind::Integer) value = std::floor(share * 10);
    }
    inputs[input->name] = std::move(values);
  }
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
  Graph differentiated = differentiate(with_gradients(graph));
  for (const std::string& fault : verify(differentiated)) ADD_FAILURE() << fault << "\n" << print(differentiated);
  if (testing::Test::HasFailure()) return;
  IdVector<NodeTag, Values> values = interpret(differentiated, inputs);
  expect_same_outputs(differentiated, values, inputs);
  size_t compared = 0;
  for (const Output& output : differentiated.outputs) {
    if (!output.name.starts_with("gradient of ")) continue;
    std::string name = output.name.substr(12);
    const Values& gradient = values[output.node];
    ASSERT_EQ(gradient.size(), inputs.at(name).size()) << name;
    for (size_t place = 0; place < gradient.size(); ++place, ++compared) {
      double expected = difference(graph, inputs, name, place);
      double scale = std::max({1e-2, std::fabs(expected), std::fabs(gradient[place])});
      ASSERT_NEAR(gradient[place], expected, 1e-6 * scale) << name << " at " << place << "\n" << print(differentiated);
    }
  }
  EXPECT_GT(compared, 0u);
}

void expect_gradients(const std::string& text, uint64_t seed, double low, double high) {
  Graph graph = graph_of(text);
  expect_gradients(graph, inputs_between(graph, seed, low, high));
}

}  // namespace dnnc
