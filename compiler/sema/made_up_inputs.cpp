#include "compiler/sema/made_up_inputs.h"

#include <algorithm>
#include <functional>

#include "compiler/support/check.h"
#include "runtime/program/philox.h"
#include "runtime/program/tensor_names.h"

namespace dnnc {
namespace {

constexpr double size_of_move = 0.05;

double setting_value(const std::string& name, int64_t examples) {
  const std::optional<SettingName> known = runtime::value_named<SettingName>(name);
  if (!known) return 1;  // the mean of a metric
  switch (*known) {
    case SettingName::Count:
      return static_cast<double>(examples);
    case SettingName::Steps:
    case SettingName::Epochs:
      return 10;
    case SettingName::Seed:
    case SettingName::First:
      return 0;
    case SettingName::Step:
    case SettingName::Epoch:
    case SettingName::RateScale:
      return 1;
  }
  return 1;
}

/// Made-up raw values of a field: labels, bytes, shares, or numbers around 0.
double field_value(const Node& node, const RawField& field, runtime::RandomSequence& random) {
  if (node.element.kind == Element::Kind::Class)
    return random.below(static_cast<uint32_t>(std::max<int64_t>(1, node.element.classes)));
  if (node.element.kind == Element::Kind::Integer) return random.below(4);
  if (field.bytes) return random.below(256);
  return field.probability ? random.below(2) : 2 * random.uniform() - 1;
}

/// The field of the data called so; one without marks if the graph alone knows it.
RawField raw_field(const Training& training, const std::string& name) {
  for (const RawField& field : training.data.raw)
    if (field.name == name) return field;
  return {};
}

Values made_up(const Node& node, const std::function<double()>& value) {
  Values values(static_cast<size_t>(element_count(node)));
  for (double& number : values) number = value();
  return values;
}

/// Starting values by the names of the inputs they are for.
Inputs starting_values(const Model& model, const Training& training) {
  Graph graph = build_graph(model, training, GraphKind::Initial, training.batch);
  Inputs settings;
  for (const Node& node : graph.nodes)
    if (const Input* input = std::get_if<Input>(&node.kind)) settings[input->name] = {setting_value(input->name, 1)};
  const IdVector<NodeTag, Values> values = interpret(graph, settings);
  Inputs result;
  for (const Output& output : graph.outputs) result[output.name] = values[output.node];
  return result;
}

}  // namespace

Inputs made_up_inputs(const Model& model, const Training& training, const Graph& graph, int64_t examples) {
  runtime::RandomSequence random(training.seed, 0x6772616469656e74ull);
  const Inputs start = starting_values(model, training);
  Inputs inputs;
  for (const Node& node : graph.nodes) {
    const Input* input = std::get_if<Input>(&node.kind);
    if (!input) continue;
    const RawField field = raw_field(training, input->name);
    switch (input->role) {
      case InputRole::Setting:
        inputs[input->name] = made_up(node, [&] { return setting_value(input->name, examples); });
        break;
      case InputRole::Field:
        // Nothing is left of made-up numbers.
        inputs[input->name] = made_up(
            node, [&] { return runtime::field_of_rest(input->name).empty() ? field_value(node, field, random) : 0.0; });
        break;
      case InputRole::Fitted:
        inputs[input->name] = made_up(
            node, [&] { return runtime::statistic_named(input->name) == runtime::Statistic::Deviation ? 1.0 : 0.0; });
        break;
      case InputRole::Parameter: {
        Values values = start.at(input->name);
        for (double& value : values) value += size_of_move * (2 * random.uniform() - 1);
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
      case InputRole::Stream:
        throw InternalError("made_up_inputs: a stream is an input of plans alone");
    }
  }
  return inputs;
}

}  // namespace dnnc
