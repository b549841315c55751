#include "compiler/driver/gradients.h"

#include <fmt/core.h>

#include <algorithm>

#include "compiler/passes/check_gradients.h"
#include "compiler/interpret/interpret.h"
#include "runtime/failure.h"
#include "runtime/philox.h"

namespace dnnc {
namespace {

// A batch whose last row is no example, so that the mean over the batch is looked at as well.
constexpr int64_t kBatch = 3;
constexpr int64_t kExamples = 2;
// Starting values of 0 would hide wrong signs and put maxima at ties: every parameter is moved a little.
constexpr double kMove = 0.05;

double setting_value(const std::string& name) {
  if (name == "count") return kExamples;
  if (name == "steps" || name == "epochs") return 10;
  return name == "seed" ? 0 : 1;
}

/// Made-up raw values of a field: labels, bytes, or numbers around 0.
double field_value(const Node& node, bool bytes, runtime::RandomSequence& random) {
  if (node.element.kind == Element::Kind::Class)
    return random.below(static_cast<uint32_t>(std::max<int64_t>(1, node.element.classes)));
  if (node.element.kind == Element::Kind::Integer) return random.below(4);
  return bytes ? random.below(256) : 2 * random.uniform() - 1;
}

Values made_up(const Node& node, const std::function<double()>& value) {
  Values values(static_cast<size_t>(element_count(node)));
  for (double& number : values) number = value();
  return values;
}

/// Starting values by the names of the inputs they are for.
Inputs starting_values(const Model& model, const Training& training) {
  Graph graph = build_graph(model, training, GraphKind::Initial, kBatch);
  Inputs settings;
  for (const Node& node : graph.nodes)
    if (const Input* input = std::get_if<Input>(&node.kind)) settings[input->name] = {setting_value(input->name)};
  const IdVector<NodeTag, Values> values = interpret(graph, settings);
  Inputs result;
  for (const Output& output : graph.outputs) result[output.name] = values[output.node];
  return result;
}

Inputs make_inputs(const Model& model, const Training& training, const Graph& graph) {
  runtime::RandomSequence random(training.seed, 0x6772616469656e74ull);
  const Inputs start = starting_values(model, training);
  Inputs inputs;
  for (const Node& node : graph.nodes) {
    const Input* input = std::get_if<Input>(&node.kind);
    if (!input) continue;
    const bool bytes = std::any_of(training.data.raw.begin(), training.data.raw.end(), [&](const RawField& field) {
      return field.bytes && field.name == input->name;
    });
    const bool deviation = input->name.size() > 10 && input->name.ends_with(".deviation");
    switch (input->role) {
      case InputRole::Setting: inputs[input->name] = made_up(node, [&] { return setting_value(input->name); }); break;
      case InputRole::Field:
        inputs[input->name] = made_up(node, [&] { return field_value(node, bytes, random); });
        break;
      case InputRole::Fitted: inputs[input->name] = made_up(node, [&] { return deviation ? 1.0 : 0.0; }); break;
      case InputRole::Parameter: {
        Values values = start.at(input->name);
        for (double& value : values) value += kMove * (2 * random.uniform() - 1);
        inputs[input->name] = std::move(values);
        break;
      }
      case InputRole::State:
      case InputRole::OptimizerState:
      case InputRole::Average: {
        auto found = start.find(input->name);
        inputs[input->name] = found != start.end() ? found->second : made_up(node, [] { return 0.0; });
        break;
      }
    }
  }
  return inputs;
}

}  // namespace

int check_gradients_of(Session& session, const Model& model) {
  bool passed = true;
  for (const Training& training : model.trainings) {
    const Graph graph = build_graph(model, training, GraphKind::Train, kBatch);
    const Inputs inputs = make_inputs(model, training, graph);
    const GradientReport report = session.phase("check_gradients", [&] { return check_gradients(graph, inputs); });
    session.print(fmt::format("run {}\n{}", training.name, print(report)));
    passed = passed && report.passed();
  }
  return passed ? runtime::kDone : runtime::kWrong;
}

}  // namespace dnnc
