#include "compiler/sema/training/parameter_updates.h"

#include <algorithm>

#include "compiler/ir/gradient_paths.h"
#include "compiler/sema/training/serving_rules.h"
#include "compiler/sema/training/training_calls.h"
#include "compiler/sema/training/training_nodes.h"
#include "runtime/program/tensor_names.h"

namespace dnnc {
namespace {

/// A parameter on its way through one training step.
struct Served {
  const ParameterRecord* parameter = nullptr;
  const ServingRule* rule = nullptr;
  NodeId gradient;
};

/// The use in the main file that made the parameter, or its declaration.
Span use_of(const Elaboration& elaboration, const ParameterRecord& parameter) {
  SourceId file = elaboration.program->main().file->source;
  std::string path = parameter.path;
  for (size_t slash = path.rfind('/'); slash != std::string::npos; slash = path.rfind('/')) {
    path.resize(slash);
    for (const LayerInfo& layer : elaboration.layers)
      if (layer.path == path && layer.span.source == file) return layer.span;
  }
  return parameter.span;
}

void report_without_gradient(const Elaboration& elaboration, const std::vector<const ParameterRecord*>& parameters) {
  const ParameterRecord& first = *parameters.front();
  Diagnostic none = error("E0614", use_of(elaboration, first), "no gradient reaches parameter `" + first.path + "`",
                          "if it is to stay as it is: optimizer for \"" + first.path + "\" = frozen");
  if (!(none.span == first.span)) none.labels = {{first.span, "declared here"}};
  none.notes = {{{}, "comparisons, `floor`, `argmax` and `stop_gradient` let none pass"}};
  std::string others;
  for (size_t place = 1; place < parameters.size(); ++place)
    others += (place > 1 ? ", " : "") + parameters[place]->path;
  if (!others.empty()) none.notes.push_back({{}, "nor does one reach " + others});
  elaboration.diagnostics->report(std::move(none));
}

bool require_gradients(const Forward& forward, const std::vector<Served>& all) {
  NodeSet reached = gradient_paths(*forward.elaboration.graph, forward.loss);
  std::vector<const ParameterRecord*> missed;
  for (const Served& served : all)
    if (served.rule->reads_gradient && !reached.contains(served.parameter->input)) missed.push_back(served.parameter);
  if (!missed.empty()) report_without_gradient(forward.elaboration, missed);
  return missed.empty();
}

void add_gradients(Forward& forward, std::vector<Served>& all) {
  Graph& graph = *forward.elaboration.graph;
  for (Served& served : all) {
    const ParameterRecord& parameter = *served.parameter;
    served.gradient = add_gradient(graph, forward.loss, parameter.input, parameter.span);
    if (served.rule->reads_gradient)
      graph.outputs.push_back({OutputRole::Value, runtime::gradient_name(parameter.path), served.gradient, {}});
  }
}

/// Replaces the gradients by clipped ones.
bool clip_gradients(Elaboration& elaboration, const Run& run, std::vector<Served>& all) {
  if (!run.block.clip) return true;
  const Definition* function =
      training_function(*elaboration.program, run.block.clip, clip_key, 2, *elaboration.diagnostics);
  if (!function) return false;
  std::vector<NodeId> gradients;
  for (const Served& served : all)
    if (served.rule->reads_gradient) gradients.push_back(served.gradient);
  NodeId length = length_of_all(*elaboration.graph, gradients, "gradient_length", run.block.clip->span);
  for (Served& served : all) {
    if (!served.rule->reads_gradient) continue;
    std::optional<NodeId> clipped = applied(elaboration, *function, *written_call(run.block.clip),
                                            {tensor_of(elaboration, served.gradient), tensor_of(elaboration, length)},
                                            served.parameter->path + " clipped", run.block.clip->span);
    if (!clipped) return false;
    served.gradient = *clipped;
  }
  return true;
}

void add_update(Graph& graph, const std::string& name, NodeId value, NodeId target) {
  if (value != target) graph.outputs.push_back({OutputRole::Update, name, value, target});
}

bool same_shape(const Graph& graph, NodeId a, NodeId b) {
  return extents_of(graph[a].axes) == extents_of(graph[b].axes);
}

/// The new running average of a parameter.
bool add_average(Elaboration& elaboration, const Run& run, const Served& served, NodeId value) {
  if (!run.block.average) return true;
  Diagnostics& diagnostics = *elaboration.diagnostics;
  const Definition* function = training_function(*elaboration.program, run.block.average, average_key, 2, diagnostics);
  if (!function) return false;
  Graph& graph = *elaboration.graph;
  std::string name = runtime::average_name(served.parameter->path);
  NodeId average =
      add_input(graph, {InputRole::Average, name, ""}, graph[served.parameter->input].axes, {}, served.parameter->span);
  std::optional<NodeId> next =
      applied(elaboration, *function, *written_call(run.block.average),
              {tensor_of(elaboration, average), tensor_of(elaboration, value)}, name, run.block.average->span);
  if (!next) return false;
  add_update(graph, name, *next, average);
  return true;
}

bool add_training_update(Elaboration& elaboration, const Run& run, const Served& served) {
  Graph& graph = *elaboration.graph;
  const ParameterRecord& parameter = *served.parameter;
  Span span = served.rule->call.word.span;
  std::optional<NodeId> value =
      new_value(elaboration, *served.rule, parameter.input, served.gradient, parameter.path, span);
  if (!value) return false;
  if (!same_shape(graph, *value, parameter.input)) {
    elaboration.diagnostics->report(
        error("E0618", span, "an optimizer gives one new value of the shape of its parameter"));
    return false;
  }
  add_update(graph, parameter.path, *value, parameter.input);
  return add_average(elaboration, run, served, *value);
}

void add_state_updates(Graph& graph, const std::vector<ParameterRecord>& records) {
  for (const ParameterRecord& record : records)
    if (record.role != InputRole::Parameter && record.updated.valid())
      add_update(graph, record.path, record.updated, record.input);
}

}  // namespace

std::optional<Updates> add_updates(Forward& forward, const Run& run) {
  const Program& program = *forward.elaboration.program;
  Diagnostics& diagnostics = *forward.elaboration.diagnostics;
  std::vector<ServingRule> rules = serving_rules(program, run, diagnostics);
  if (rules.empty()) return std::nullopt;
  const std::vector<ParameterRecord>& parameters = forward.elaboration.parameters;
  size_t errors = diagnostics.error_count();
  std::vector<size_t> serves = assign_rules(rules, parameters, diagnostics);
  std::vector<Served> all;
  for (size_t place = 0; place < parameters.size(); ++place)
    if (parameters[place].role == InputRole::Parameter) all.push_back({&parameters[place], &rules[serves[place]], {}});
  if (!require_gradients(forward, all) || diagnostics.error_count() > errors) return std::nullopt;
  add_gradients(forward, all);
  Graph& graph = *forward.elaboration.graph;
  Elaboration elaboration = begin_elaboration(program, graph, diagnostics, true, std::nullopt);
  if (!clip_gradients(elaboration, run, all)) return std::nullopt;
  for (const Served& served : all)
    if (!add_training_update(elaboration, run, served)) return std::nullopt;
  add_state_updates(graph, elaboration.parameters);
  add_state_updates(graph, parameters);
  Updates updates;
  for (size_t place = 0; place < parameters.size(); ++place) {
    bool trained = parameters[place].role == InputRole::Parameter;
    updates.optimizers.push_back(trained ? rules[serves[place]].call.word.text : "");
  }
  updates.states = elaboration.parameters;
  return updates;
}

}  // namespace dnnc
