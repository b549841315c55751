#include "compiler/sema/made_up_inputs.h"

#include <algorithm>
#include <cmath>
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

/// Where the numbers of an element of a field lie.
struct NumberRange {
  double low, high;
};
constexpr NumberRange ranges[] = {{-1, 1}, {0.05, 1}, {1, 2}, {-1, -0.05}};

NumberRange range_of_try(int try_number, runtime::RandomSequence& of_fields) {
  const bool same_of_all = try_number < static_cast<int>(std::size(ranges));
  return ranges[same_of_all ? static_cast<size_t>(try_number) : of_fields.below(std::size(ranges))];
}

/// Made-up raw values of a field: labels, bytes, shares, or numbers of the range.
double field_value(const Node& node, const RawField& field, NumberRange range, runtime::RandomSequence& random) {
  if (node.element.kind == Element::Kind::Class)
    return random.below(static_cast<uint32_t>(std::max<int64_t>(1, node.element.classes)));
  if (node.element.kind == Element::Kind::Integer) return random.below(4);
  if (field.reading == runtime::Reading::Missing || field.reading == runtime::Reading::Equals) return random.below(2);
  if (field.bytes) return random.below(256);
  return field.probability ? random.below(2) : range.low + (range.high - range.low) * random.uniform();
}

/// The field of the data called so; one without marks if the graph alone knows it.
RawField raw_field(const Training& training, const std::string& name) {
  for (const RawField& field : training.data.raw)
    if (field.name == name) return field;
  return {};
}

int64_t batch_of(const Node& node) { return batched(node) ? node.axes.front().extent : 1; }

Values made_up(const Node& node, const std::function<double()>& value) {
  Values values(static_cast<size_t>(element_count(node)));
  for (double& number : values) number = value();
  return values;
}

/// Lets the rows behind the examples repeat the last, as loaded data do: of others a formula may not be defined.
void repeat_examples(Values& values, const Node& node, int64_t examples) {
  const int64_t rows = batch_of(node), size = static_cast<int64_t>(values.size()) / rows;
  for (int64_t row = examples; row < rows; ++row)
    std::copy_n(values.begin() + (examples - 1) * size, size, values.begin() + row * size);
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

Inputs made_up_inputs(const Model& model, const Training& training, const Graph& graph, int64_t examples,
                      int try_number) {
  runtime::RandomSequence random(training.seed, 0x6772616469656e74ull);
  runtime::RandomSequence of_fields(static_cast<uint64_t>(try_number), 0x72616e676573ull);
  const Inputs start = starting_values(model, training);
  Inputs inputs;
  for (const Node& node : graph.nodes) {
    const Input* input = std::get_if<Input>(&node.kind);
    if (!input) continue;
    const RawField field = raw_field(training, input->name);
    switch (input->role) {
      case InputRole::Setting:
        inputs[input_key(*input)] = made_up(node, [&] { return setting_value(input->name, examples); });
        break;
      case InputRole::Field: {
        // Nothing is left of made-up numbers.
        const bool rest = !runtime::field_of_rest(input->name).empty();
        std::vector<NumberRange> where;
        for (int64_t element = element_count(node) / batch_of(node); element > 0; --element)
          where.push_back(range_of_try(try_number, of_fields));
        size_t place = 0;
        inputs[input_key(*input)] =
            made_up(node, [&] { return rest ? 0.0 : field_value(node, field, where[place++ % where.size()], random); });
        repeat_examples(inputs[input_key(*input)], node, examples);
        break;
      }
      case InputRole::Fitted:
        inputs[input_key(*input)] = made_up(
            node, [&] { return runtime::statistic_named(input->name) == runtime::Statistic::Deviation ? 1.0 : 0.0; });
        break;
      case InputRole::Parameter: {
        Values values = start.at(input->name);
        for (double& value : values) {
          const double move = 2 * random.uniform() - 1;
          value += size_of_move * (try_number == 0 ? move : std::fabs(move));
        }
        inputs[input_key(*input)] = std::move(values);
        break;
      }
      case InputRole::State:
      case InputRole::OptimizerState:
      case InputRole::Average: {
        auto found = start.find(input->name);
        inputs[input_key(*input)] = found != start.end() ? found->second : made_up(node, [] { return 0.0; });
        break;
      }
      case InputRole::Stream:
        throw InternalError("made_up_inputs: a stream is an input of plans alone");
    }
  }
  return inputs;
}

}  // namespace dnnc
