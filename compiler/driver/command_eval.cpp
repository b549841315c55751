#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "compiler/driver/commands.h"
#include "compiler/interpret/interpret.h"
#include "compiler/sema/contracts/compared_sides.h"
#include "compiler/sema/model.h"
#include "compiler/syntax/parse.h"
#include "runtime/program/available_memory.h"
#include "runtime/program/failure.h"

namespace dnnc {
namespace {

/// What is printed: an array with its name.
struct Shown {
  std::string name;
  std::vector<Axis> axes;
  Values values;
};

/// `[[1, 2], [3, 4]]`: the elements from `next` on, axis by axis.
std::string nested(const std::vector<Axis>& axes, size_t axis, const Values& values, size_t& next) {
  if (axis == axes.size()) {
    const double value = values[next++];
    return std::isnan(value) ? "nan" : fmt::format("{:.7g}", value);
  }
  std::string text = "[";
  for (int64_t i = 0; i < axes[axis].extent; ++i) text += (i ? ", " : "") + nested(axes, axis + 1, values, next);
  return text + "]";
}

/// What is shown of the graph, by name. Where a derivative asks which element of the value is meant, it is made of each, and
/// the axes of the value stand before its own.
std::vector<Shown> outputs_of(const Graph& graph) {
  Inputs inputs;
  Values* chosen = nullptr;
  for (const Node& node : graph.nodes)
    if (const Input* input = std::get_if<Input>(&node.kind)) {
      Values& values = inputs[input->name] = Values(static_cast<size_t>(element_count(node)), 0.0);
      if (input->name == chosen_element) chosen = &values;
    }
  std::vector<Output> asked;
  for (const Output& output : graph.outputs)
    if (output.name == given_argument) inputs[given_argument] = interpret(graph, inputs)[output.node];
    else asked.push_back(output);
  std::vector<Shown> shown;
  for (const Output& output : asked) shown.push_back({output.name, graph[output.node].axes, {}});
  if (chosen) shown.back().axes.insert(shown.back().axes.begin(), shown[0].axes.begin(), shown[0].axes.end());
  for (size_t element = 0; element < (chosen ? chosen->size() : 1); ++element) {
    if (chosen) (*chosen)[element] = 1;
    const IdVector<NodeTag, Values> values = interpret(graph, inputs);
    for (size_t k = 0; k < shown.size(); ++k) {
      const Values& more = values[asked[k].node];
      if (k > 0 || element == 0) shown[k].values.insert(shown[k].values.end(), more.begin(), more.end());
    }
    if (chosen) (*chosen)[element] = 0;
  }
  return shown;
}

bool all_finite(const std::vector<Shown>& outputs) {
  return std::ranges::all_of(outputs, [](const Shown& output) {
    return std::ranges::all_of(output.values, [](double value) { return std::isfinite(value); });
  });
}

/// What the formula comes to, computed as a run would, in stable forms, or of constants alone; std::nullopt after an error.
std::optional<std::vector<Shown>> values_of(Session& session, const ast::Ptr& expression, Folding folding,
                                            Diagnostics& diagnostics) {
  std::optional<Graph> graph =
      build_expression(expression, session.options().derivative, folding, session.sources(), diagnostics);
  if (!graph) return std::nullopt;
  for (const Pass& pass : graph_passes()) *graph = session.run(pass, std::move(*graph));
  runtime::expect_memory(bytes_of_values(*graph), "the formula");
  return outputs_of(*graph);
}

}  // namespace

int command_eval(Session& session) {
  const SourceId source = session.sources().add(formula_name, session.options().file);
  const ast::Ptr expression = parse_expression(source, session.diagnostics());
  if (session.flush() || !expression) return runtime::exit_wrong;
  Diagnostics unseen(session.sources());
  std::optional<std::vector<Shown>> outputs = values_of(session, expression, Folding::ExactOnly, unseen);
  const auto is_finite = [&](const ast::Ptr& side) {
    const auto values = values_of(session, side, Folding::ExactOnly, unseen);
    return values && all_finite(*values);
  };
  const bool finite = outputs && all_finite(*outputs) &&
                      (session.options().derivative || std::ranges::all_of(compared_sides(expression), is_finite));
  // Constants alone tell where there is no value.
  if (!finite) outputs = values_of(session, expression, Folding::All, session.diagnostics());
  if (session.flush() || !outputs) return runtime::exit_wrong;
  for (const Shown& output : *outputs) {
    size_t next = 0;
    const std::string text = nested(output.axes, 0, output.values, next);
    session.print(output.name == value_output ? text + "\n" : fmt::format("{} {}\n", output.name, text));
  }
  return runtime::exit_done;
}

}  // namespace dnnc
