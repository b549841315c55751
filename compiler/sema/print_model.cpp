#include "compiler/sema/print_model.h"

#include <fmt/format.h>

#include <ranges>

#include "compiler/syntax/keywords.h"

namespace dnnc {
namespace {

std::string shape_text(const std::vector<int64_t>& shape) {
  return shape.empty() ? "" : fmt::format("[{}]", fmt::join(shape, ", "));
}

std::string element_text(const Element& element, bool probability) {
  switch (element.kind) {
    case Element::Kind::Real:
      return word_of(probability ? TypeWord::Probability : TypeWord::Number);
    case Element::Kind::Class:
      return fmt::format("{}[{}]", word_of(TypeWord::Label), element.classes);
    case Element::Kind::Integer:
      return word_of(TypeWord::Integer);
  }
  return "";
}

std::string head_text(const OutputInfo& output) {
  switch (output.head) {
    case Head::Class:
      return fmt::format("{}[{}]", word_of(TypeWord::Label), output.classes);
    case Head::Probability:
      return word_of(TypeWord::Probability);
    case Head::Real:
      return word_of(TypeWord::Real);
    case Head::Array:
      return word_of(TypeWord::Number);
  }
  return "";
}

std::string value_text(const DataValue& value);

std::string values_text(const std::vector<DataValue>& values) {
  std::string text;
  for (const DataValue& value : values) text += (text.empty() ? "" : ", ") + value_text(value);
  return text;
}

std::string value_text(const DataValue& value) {
  switch (value.kind) {
    case DataValue::Kind::Number:
      return fmt::format("{}", value.number);
    case DataValue::Kind::Text:
      return value.text;
    case DataValue::Kind::List:
      return "[" + values_text(value.items) + "]";
    case DataValue::Kind::Call:
      break;
  }
  std::string arguments = values_text(value.items);
  for (const DataValue& argument : value.named)
    arguments += fmt::format("{}{}: {}", arguments.empty() ? "" : ", ", argument.name, value_text(argument));
  return fmt::format("{}({})", value.text, arguments);
}

std::string data_text(const DataSet& data) {
  std::string text = fmt::format("  data {} = {}\n", data.name, value_text(data.source));
  for (const RawField& field : data.raw)
    text += fmt::format("    field {}: {}{}{}\n", field.name, element_text(field.element, field.probability),
                        shape_text(field.shape), field.name == data.target ? " (target)" : "");
  for (const runtime::Split& split : data.splits)
    text += fmt::format("    {} = {}({}){}, seed {}\n", runtime::word_of(split.part), runtime::word_of(split.method),
                        split.share, split.by.empty() ? "" : " by " + split.by, split.seed);
  for (const runtime::FittedInfo& fitted : data.fitted)
    text += fmt::format("    fitted {}{}\n", fitted.field, shape_text(fitted.shape));
  return text;
}

std::string run_text(const Training& run, const Sources& sources) {
  std::string text = fmt::format("run {}: net {}, batch {}, epochs {}, seed {}  # {}\n", run.name, run.net, run.batch,
                                 run.epochs, run.seed, sources.describe(run.span));
  text += data_text(run.data);
  for (const LayerInfo& layer : run.layers)
    text += fmt::format("  layer {}: {} -> f32{}\n", layer.path, layer.definition, shape_text(layer.shape));
  for (const ParameterInfo& parameter : run.parameters)
    text += fmt::format(
        "  {} {}: f32{}{}  # {}\n", parameter.role == InputRole::State ? keyword::state : keyword::param,
        parameter.path, shape_text(parameter.shape),
        parameter.optimizer.empty() ? "" : ", moved by " + parameter.optimizer, sources.describe(parameter.span));
  for (const OutputInfo& output : run.outputs)
    text += fmt::format("  output {}: {}, scores f32{}\n", output.name, head_text(output), shape_text(output.shape));
  for (const MetricInfo& metric : run.metrics)
    text += fmt::format("  metric {} of {}\n", metric.name,
                        fmt::join(metric.means | std::views::transform(&runtime::MeanInfo::name), ", "));
  return text;
}

}  // namespace

std::string print(const Model& model, const Sources& sources) {
  std::string text;
  for (const Training& run : model.trainings) text += run_text(run, sources);
  for (const Contract& contract : model.contracts)
    text +=
        fmt::format("expect {}  # {}\n", contract.text, contract.settled ? "holds" : sources.describe(contract.span));
  return text;
}

}  // namespace dnnc
