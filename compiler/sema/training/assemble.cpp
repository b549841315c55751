#include "compiler/sema/training/assemble.h"

#include <algorithm>
#include <set>

#include "compiler/ir/gradient_paths.h"
#include "compiler/passes/formulas/product.h"
#include "compiler/sema/training/parameter_updates.h"
#include "compiler/sema/training/targets.h"
#include "compiler/sema/training/training_nodes.h"
#include "compiler/sema/training/whole_ranges.h"
#include "compiler/support/check.h"
#include "runtime/program/shown.h"
#include "runtime/program/tensor_names.h"

namespace dnnc {

Graph without_dead_nodes(const Graph& graph, NodeMap& known) {
  Graph result;
  result.name = graph.name;
  std::vector<NodeId> roots;
  for (const Output& output : graph.outputs) {
    roots.push_back(output.node);
    if (output.target.valid()) roots.push_back(output.target);
  }
  copy_nodes(graph, result, roots, known);
  for (Output output : graph.outputs) {
    output.node = known.at(output.node);
    if (output.target.valid()) output.target = known.at(output.target);
    result.outputs.push_back(std::move(output));
  }
  return result;
}

namespace {

/// What `predict` shows of one result.
void add_answer(Forward& forward, const Run& run, const NetResult& result, const Tensor& of) {
  Graph& graph = *forward.elaboration.graph;
  const std::string& name = result.info.name;
  Span span = run.net->tree->name.span;
  NodeId scores = node_of(forward.elaboration, of, name, span);
  scores = with_batch(graph, scores, *forward.elaboration.batch);
  switch (result.info.head) {
    case Head::Class:
      graph.outputs.push_back({OutputRole::Result, name, softmax_of(graph, scores, name, span), {}});
      graph.outputs.push_back(
          {OutputRole::Result, runtime::label_name(name), label_of(graph, scores, name + "_label", span), {}});
      return;
    case Head::Probability:
      graph.outputs.push_back({OutputRole::Result, name, sigmoid_of(graph, scores, name, span), {}});
      return;
    case Head::Real:
    case Head::Array:
      graph.outputs.push_back({OutputRole::Result, name, scores, {}});
      return;
  }
}

}  // namespace

void add_answers(Forward& forward, const Run& run) {
  for (const NetResult& answer : forward.results) add_answer(forward, run, answer, undone_scores(forward, run, answer));
}

void add_answers_of_scores(Forward& forward, const Run& run) {
  for (const NetResult& answer : forward.results) add_answer(forward, run, answer, answer.scores);
}

void read_averages(Graph& graph) {
  for (NodeId node : node_ids(graph)) {
    auto* input = std::get_if<Input>(&graph[node].kind);
    if (!input || input->role != InputRole::Parameter) continue;
    input->role = InputRole::Average;
    input->name = runtime::average_name(input->name);
  }
}

namespace {

std::string mean_name(const MetricNodes& metric, size_t number) { return metric.name + "." + std::to_string(number); }

void add_judgement_outputs(Graph& graph, const Forward& forward) {
  graph.outputs.push_back({OutputRole::Loss, runtime::loss_name, forward.loss, {}});
  if (forward.weight.valid())
    graph.outputs.push_back({OutputRole::Weight, runtime::word_of(OutputRole::Weight), forward.weight, {}});
  for (const MetricNodes& metric : forward.metrics)
    for (size_t number = 0; number < metric.means.size(); ++number) {
      const CollectedMean& mean = metric.means[number];
      const std::string name = mean_name(metric, number);
      for (size_t part = 0; part < mean.parts.size(); ++part)
        if (mean.parts[part].valid())
          graph.outputs.push_back({OutputRole::Metric,
                                   mean.points == 0 ? name : runtime::mean_part_name(name, runtime::MeanPart(part)),
                                   mean.parts[part],
                                   {}});
    }
}

std::vector<MetricInfo> metric_infos(const Forward& forward) {
  std::vector<MetricInfo> infos;
  for (const MetricNodes& metric : forward.metrics) {
    MetricInfo info{metric.name, {}};
    for (const Axis& axis : metric.axes) info.shape.push_back(axis.extent), info.axes.push_back(axis.name);
    for (size_t number = 0; number < metric.means.size(); ++number)
      info.means.push_back({mean_name(metric, number), metric.means[number].points});
    infos.push_back(std::move(info));
  }
  return infos;
}

/// Metrics that depend on a parameter by a path with a derivative.
std::vector<std::string> smooth_metrics(const Forward& forward) {
  std::vector<std::string> names;
  for (const MetricNodes& metric : forward.metrics) {
    NodeSet reached = gradient_paths(*forward.elaboration.graph, metric.value);
    if (std::any_of(forward.elaboration.parameters.begin(), forward.elaboration.parameters.end(),
                    [&](const ParameterRecord& record) { return reached.contains(record.input); }))
      names.push_back(metric.name);
  }
  return names;
}

std::vector<OutputInfo> output_infos(const Forward& forward) {
  std::vector<OutputInfo> infos;
  for (const NetResult& result : forward.results) infos.push_back(result.info);
  return infos;
}

/// The starting values of all that is kept.
Graph initial_graph(const Graph& graph, const std::vector<ParameterRecord>& parameters,
                    const std::vector<ParameterRecord>& optimizer_states) {
  Graph result = graph;
  result.outputs.clear();
  for (const std::vector<ParameterRecord>* records : {&parameters, &optimizer_states})
    for (const ParameterRecord& record : *records)
      result.outputs.push_back({OutputRole::Value, record.path, record.start, {}});
  return result;
}

std::optional<Assembled> assemble_train(const Program& program, const Run& run, int64_t batch, bool initial,
                                        Diagnostics& diagnostics) {
  Assembled result;
  std::optional<Forward> forward =
      use_net_on_data(program, run, result.graph, diagnostics, true, batch, judged_fields(run));
  if (!forward || !judge(*forward, run)) return std::nullopt;
  add_judgement_outputs(result.graph, *forward);
  std::optional<Updates> updates = add_updates(*forward, run);
  if (!updates) return std::nullopt;
  result.parameters = forward->elaboration.parameters;
  result.optimizers = updates->optimizers;
  result.layers = forward->elaboration.layers;
  for (const NetUse& use : forward->elaboration.net_uses) result.nets.push_back(use.path);
  result.outputs = output_infos(*forward);
  result.metrics = metric_infos(*forward);
  if (initial) result.graph = initial_graph(result.graph, result.parameters, updates->states);
  return result;
}

std::optional<Assembled> assemble_evaluate(const Program& program, const Run& run, int64_t batch,
                                           Diagnostics& diagnostics) {
  Assembled result;
  std::optional<Forward> forward =
      use_net_on_data(program, run, result.graph, diagnostics, false, batch, judged_fields(run));
  if (!forward || !judge(*forward, run)) return std::nullopt;
  add_judgement_outputs(result.graph, *forward);
  result.metrics = metric_infos(*forward);
  result.smooth_metrics = smooth_metrics(*forward);
  result.metric_nodes = forward->metrics;
  return result;
}

/// Each metric from its means, which become settings.
std::optional<Assembled> assemble_finish(const Program& program, const Run& run, int64_t batch,
                                         Diagnostics& diagnostics) {
  std::optional<Assembled> whole = assemble_evaluate(program, run, batch, diagnostics);
  if (!whole) return std::nullopt;
  Assembled result;
  NodeMap known;
  for (const MetricNodes& metric : whole->metric_nodes) {
    for (size_t number = 0; number < metric.means.size(); ++number) {
      const Node& mean = whole->graph[metric.means[number].mean];
      known[metric.means[number].mean] =
          add_input(result.graph, {InputRole::Setting, mean_name(metric, number), ""}, mean.axes, {}, mean.span);
    }
  }
  for (const MetricNodes& metric : whole->metric_nodes) {
    copy_nodes(whole->graph, result.graph, {metric.value}, known);
    result.graph.outputs.push_back({OutputRole::Metric, metric.name, known.at(metric.value), {}});
  }
  return result;
}

std::optional<Assembled> assemble_fit(const Program& program, const Run& run, int64_t batch, Diagnostics& diagnostics) {
  Assembled result;
  Elaboration elaboration = begin_elaboration(program, result.graph, diagnostics, false, batch);
  std::optional<FieldValues> values = field_values(elaboration, run, judged_fields(run));
  if (!values) return std::nullopt;
  for (const FittedValue& value : values->fitted) {
    const std::string place = runtime::shown(program.sources->describe(value.formula));
    result.fitted.push_back({value.name, value.shape, value.method, place});
    result.graph.outputs.push_back({OutputRole::Value, fit_output(result.fitted.back()), value.node, {}});
    if (value.rest.valid())
      result.graph.outputs.push_back({OutputRole::Value, runtime::rest_name(value.name), value.rest, {}});
    if (value.gap.valid())
      result.graph.outputs.push_back({OutputRole::Value, runtime::missing_name(value.name), value.gap, {}});
  }
  return result;
}

/// Whether a formula may give a field, which is taken for probabilities, other numbers.
bool may_be_no_fraction(const Graph& graph, const Run& run, const std::string& field, const Tensor& value) {
  const bool taken = std::any_of(run.uses.begin(), run.uses.end(),
                                 [&](const FieldUse& use) { return use.field == field && use.probability; });
  if (!taken) return false;
  const std::optional<Interval> range = whole_range(graph, value.body, run);
  return !range || range->low < 0 || range->high > 1;
}

/// Fields, as they are called at the end, that formulas may make no numbers, or no probabilities where such are taken: for the
/// runtime to look at.
void add_field_values(Elaboration& elaboration, const FieldValues& values, const Run& run,
                      const std::vector<std::string>& fields) {
  Graph& graph = *elaboration.graph;
  std::set<NodeId> added;
  for (const std::string& field : fields) {
    const std::string kept = run.names->kept_name(field, run.data->steps.size());
    const FieldStep* const step = formula_behind(run, kept, run.data->steps.size());
    const auto found = values.fields.find(kept);
    if (!step || found == values.fields.end()) continue;
    const NodeId node = node_of(elaboration, found->second.value, kept, step->span);
    const NodeSet behind = dependencies(graph, {node});
    const bool may = std::any_of(behind.begin(), behind.end(), [&](NodeId one) {
      const auto* formula = std::get_if<Comprehension>(&graph[one].kind);
      return formula && may_be_no_number(graph, formula->body);
    });
    const bool fraction = may_be_no_fraction(graph, run, field, found->second.value);
    if ((!may && !fraction) || graph[node].element.kind != Element::Kind::Real || !added.insert(node).second) continue;
    const std::string place = runtime::shown(elaboration.program->sources->describe(step->formula->span));
    graph.outputs.push_back({fraction ? OutputRole::Fraction : OutputRole::Value, kept + " (" + place + ")", node, {}});
  }
}

std::optional<Assembled> assemble_fields(const Program& program, const Run& run, int64_t batch,
                                         Diagnostics& diagnostics) {
  Assembled result;
  Elaboration elaboration = begin_elaboration(program, result.graph, diagnostics, false, batch);
  std::optional<FieldValues> values = field_values(elaboration, run, judged_fields(run));
  if (!values) return std::nullopt;
  add_field_values(elaboration, *values, run, judged_fields(run));
  Forward weighed{std::move(elaboration), std::move(*values), {}, {}, {}};
  const std::optional<NodeId> weight = weight_of_fields(weighed, run);
  // Here it is what each example counts.
  const std::string place = run.weight ? runtime::shown(program.sources->describe(run.weight->span)) : "";
  if (weight)
    result.graph.outputs.push_back({OutputRole::Weight, std::string(weight_key) + " (" + place + ")", *weight, {}});
  return result;
}

std::optional<Assembled> assemble_predict(const Program& program, const Run& run, int64_t batch,
                                          Diagnostics& diagnostics) {
  Assembled result;
  std::optional<Forward> forward = use_net_on_data(program, run, result.graph, diagnostics, false, batch, {});
  if (!forward) return std::nullopt;
  add_answers(*forward, run);
  add_field_values(forward->elaboration, forward->fields, run, run.inputs);
  return result;
}

std::optional<Assembled> assemble_kind(const Program& program, const Run& run, GraphKind kind, int64_t batch,
                                       Diagnostics& diagnostics) {
  switch (kind) {
    case GraphKind::Initial:
      return assemble_train(program, run, batch, true, diagnostics);
    case GraphKind::Fit:
      return assemble_fit(program, run, batch, diagnostics);
    case GraphKind::Fields:
      return assemble_fields(program, run, batch, diagnostics);
    case GraphKind::Train:
      return assemble_train(program, run, batch, false, diagnostics);
    case GraphKind::Evaluate:
      return assemble_evaluate(program, run, batch, diagnostics);
    case GraphKind::Finish:
      return assemble_finish(program, run, batch, diagnostics);
    case GraphKind::Net:
      return Assembled();  // of each net that is inside, one by one
    case GraphKind::Targets:
      return assemble_targets(program, run, batch, diagnostics);
    case GraphKind::Predict:
      return assemble_predict(program, run, batch, diagnostics);
  }
  throw InternalError("assemble: unknown kind of graph");
}

}  // namespace

std::optional<Assembled> assemble(const Program& program, const Run& run, GraphKind kind, int64_t batch,
                                  Diagnostics& diagnostics) {
  std::optional<Assembled> result = assemble_kind(program, run, kind, batch, diagnostics);
  if (!result) return std::nullopt;
  result->graph.name = run.block.settings.name + "." + runtime::word_of(kind);
  NodeMap known;
  result->graph = without_dead_nodes(result->graph, known);
  bool evaluates = kind == GraphKind::Evaluate || kind == GraphKind::Predict;
  if (evaluates && run.block.average) read_averages(result->graph);
  return result;
}

Graph build_graph(const Model& model, const Training& training, GraphKind kind, int64_t batch) {
  const Elaborator& elaborator = *model.elaborator;
  Diagnostics diagnostics(*elaborator.program->sources);
  std::optional<Assembled> result =
      assemble(*elaborator.program, elaborator.runs.at(training.name), kind, batch, diagnostics);
  check(result.has_value() && !diagnostics.has_errors(),
        "build_graph: " + training.name + " was checked but its graph " + runtime::word_of(kind) + " has errors");
  return std::move(result->graph);
}

}  // namespace dnnc
