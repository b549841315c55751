#include "compiler/sema/training/check_training.h"

#include <algorithm>

#include "compiler/sema/names/unknown_word.h"
#include "compiler/sema/training/assemble.h"
#include "compiler/sema/training/counted_labels.h"
#include "compiler/sema/training/parameter_paths.h"
#include "compiler/sema/training/plan_run.h"
#include "compiler/sema/training/training_formulas.h"
#include "runtime/program/tensor_names.h"

namespace dnnc {
namespace {

bool has_input(const Graph& graph, const std::string& name) {
  return std::ranges::any_of(graph.nodes, [&](const Node& node) {
    const auto* input = std::get_if<Input>(&node.kind);
    return input && input->name == name;
  });
}

/// The statistics that are read: a formula may drop a field that it names, in a branch that is not chosen.
std::vector<runtime::FittedInfo> read_statistics(const Assembled& fit, const Graph& train, const Graph& evaluate) {
  std::vector<runtime::FittedInfo> read;
  for (const runtime::FittedInfo& fitted : fit.fitted) {
    const std::string first = runtime::statistic_name(fitted.field, runtime::statistics_of(fitted.method).front());
    if (has_input(train, first) || has_input(evaluate, first)) read.push_back(fitted);
  }
  return read;
}

/// Labels that are computed with are whole numbers in the data, not words, whose places in the alphabet mean nothing.
void take_no_words(std::vector<RawField>& fields, const std::string& target, const Graph& graph) {
  const std::set<std::string> counted = counted_labels(graph);
  for (RawField& field : fields) {
    const bool labels = field.element.kind == Element::Kind::Class && field.reading == runtime::Reading::Value;
    if (!labels || field.name == target || !counted.contains(field.name)) continue;
    field.least = 0;
    field.most = field.element.classes - 1;
    field.element = {Element::Kind::Integer, 0};
  }
}

DataSet data_set(const Run& run, const Graph& fit, const std::vector<runtime::FittedInfo>& fitted) {
  DataSet set;
  set.name = run.data->name.text;
  set.source = run.data->source;
  set.raw = run.raw;
  for (RawField& field : set.raw) field.precise = has_input(fit, runtime::rest_name(field.name));
  set.inputs = run.names->need_of(run.inputs).raw;
  set.target = loaded_target(run);
  set.splits.assign(run.data->splits.begin(), run.data->splits.end());
  for (runtime::Split& split : set.splits)
    if (split.method == SplitMethod::Stratified) split.by = field_of_target(run);
  set.augment.assign(run.data->augment.begin(), run.data->augment.end());
  set.fitted = fitted;
  set.span = run.data->name.span;
  return set;
}

/// Parameters in the order of the text, then states.
std::vector<ParameterInfo> parameter_infos(const Assembled& train) {
  std::vector<ParameterInfo> infos;
  for (bool states : {false, true}) {
    for (size_t place = 0; place < train.parameters.size(); ++place) {
      const ParameterRecord& record = train.parameters[place];
      if ((record.role != InputRole::Parameter) != states) continue;
      infos.push_back({record.path, record.shape, record.role, train.optimizers[place], record.span, record.use});
    }
  }
  return infos;
}

bool has_part(const Run& run, DataPart part) {
  if (part == DataPart::Train) return true;
  return std::any_of(run.data->splits.begin(), run.data->splits.end(),
                     [&](const Split& split) { return split.part == part; });
}

using Metrics = std::vector<MetricInfo>;

/// What a training measures of a part after an epoch: its loss and its metrics that have a name.
std::vector<std::string> measures_of(const Metrics& metrics) {
  std::vector<std::string> measures = {LoopRule().measure};
  for (const MetricInfo& metric : metrics)
    if (is_word(metric.name) && metric.shape.empty()) measures.push_back(metric.name);
  return measures;
}

void report_unknown_quantity(const Run& run, const Metrics& metrics, const DataValue& on, Diagnostics& diagnostics) {
  std::vector<std::string> all;
  for (const DataPart part : {DataPart::Validation, DataPart::Train})
    for (const std::string& measure : measures_of(metrics))
      if (has_part(run, part)) all.push_back(LoopRule{.part = part, .measure = measure}.on());
  Diagnostic unknown = unknown_word("E0615", on.place, "training measures no `" + on.text + "` after an epoch", on.text,
                                    all, "it measures");
  for (const MetricPlan& metric : run.metrics)
    if (!unknown.replacement && !is_word(metric.name)) unknown.notes.push_back({{}, name_for_formula(metric.name)});
  diagnostics.report(std::move(unknown));
}

/// Reads `validation.loss`; reports a quantity that the training does not measure after an epoch.
bool read_quantity(const Run& run, const Metrics& metrics, const DataValue& on, Diagnostics& diagnostics,
                   LoopRule& rule) {
  const size_t dot = on.text.find('.');
  const std::optional<DataPart> part = runtime::value_named<DataPart>(on.text.substr(0, dot));
  rule.measure = dot == std::string::npos ? "" : on.text.substr(dot + 1);
  if (!part || part == DataPart::Test || std::ranges::count(measures_of(metrics), rule.measure) == 0) {
    report_unknown_quantity(run, metrics, on, diagnostics);
    return false;
  }
  rule.part = *part;
  if (has_part(run, *part)) return true;
  Diagnostic none = error("E0615", on.place, "data `" + run.data->name.text + "` has no validation part",
                          "add validation = random(20%) to the data");
  none.labels = {{run.data->name.span, "the data"}};
  diagnostics.report(std::move(none));
  return false;
}

/// Losses get smaller; metrics that count successes get larger; of others only the text can tell.
std::optional<Goal> goal_of(const Run& run, const LoopRule& rule, Span on, const std::vector<std::string>& smooth,
                            Diagnostics& diagnostics) {
  for (const MetricPlan& metric : run.metrics) {
    if (metric.name != rule.measure || metric.smaller_is_better) continue;
    if (!metric.formula && std::ranges::count(smooth, rule.measure) == 0) return Goal::Largest;
    diagnostics.report(error("E0620", on, "is a small or a large `" + rule.measure + "` wanted?",
                             "say it: on: " + rule.on() + ", goal: smallest, or goal: largest"));
    return std::nullopt;
  }
  return Goal::Smallest;
}

/// What the net gives, and what of it is compared with what.
std::vector<OutputInfo> with_targets(std::vector<OutputInfo> outputs, const std::vector<OutputInfo>& targets) {
  for (OutputInfo& output : outputs)
    if (const auto found = std::ranges::find(targets, output.name, &OutputInfo::name); found != targets.end()) {
      output.target = found->target;
      output.makes_target = found->makes_target;
      output.standardized = found->standardized;
    }
  return outputs;
}

std::optional<LoopRule> loop_rule(const Run& run, const Metrics& metrics, const WrittenLoopRule& written,
                                  const std::vector<std::string>& smooth, Diagnostics& diagnostics) {
  const DataValue& call = written.call;
  LoopRule rule{.kind = written.row->kind};
  for (const runtime::LoopArgument& argument : written.row->arguments)
    if (const DataValue* value = call.argument(argument.name)) argument.set(rule, value->number);
  DataValue on{.kind = DataValue::Kind::Text, .text = rule.on(), .place = call.place};
  if (const DataValue* given = call.argument(runtime::loop_arguments::on)) on = *given;
  if (!read_quantity(run, metrics, on, diagnostics, rule)) return std::nullopt;
  std::optional<Goal> goal = runtime::value_named<Goal>(call.word(runtime::loop_arguments::goal));
  if (!goal) goal = goal_of(run, rule, on.place, smooth, diagnostics);
  if (!goal) return std::nullopt;
  rule.goal = *goal;
  return rule;
}

}  // namespace

std::optional<Training> check_training(const Program& program, const Run& run, Diagnostics& diagnostics) {
  Training training;
  static_cast<RunInfo&>(training) = run.block.settings;
  std::optional<Assembled> train = assemble(program, run, GraphKind::Train, training.batch, diagnostics);
  if (!train) return std::nullopt;
  std::optional<Assembled> evaluate = assemble(program, run, GraphKind::Evaluate, training.batch, diagnostics);
  std::optional<Assembled> fit = assemble(program, run, GraphKind::Fit, training.batch, diagnostics);
  std::optional<Assembled> targets = assemble(program, run, GraphKind::Targets, training.batch, diagnostics);
  if (!evaluate || !fit || !targets) return std::nullopt;
  size_t errors = diagnostics.error_count();
  training.data = data_set(run, fit->graph, read_statistics(*fit, train->graph, evaluate->graph));
  for (const Graph* graph : {&train->graph, &evaluate->graph, &fit->graph})
    take_no_words(training.data.raw, training.data.target, *graph);
  training.parameters = parameter_infos(*train);
  training.start = start_rules(run.block.starts, train->parameters, diagnostics);
  training.layers = train->layers;
  training.nets = train->nets;
  training.outputs = with_targets(train->outputs, targets->outputs);
  training.metrics = train->metrics;
  for (const WrittenLoopRule& rule : run.block.loop_rules)
    training.*rule.row->place = loop_rule(run, training.metrics, rule, evaluate->smooth_metrics, diagnostics);
  training.averages = run.block.average != nullptr;
  training.clips = run.block.clip != nullptr;
  training.span = run.block.span;
  return diagnostics.error_count() == errors ? std::optional(training) : std::nullopt;
}

std::optional<LoneNet> check_net(const Program& program, const Definition& net, Diagnostics& diagnostics) {
  Graph graph;
  Elaboration elaboration = begin_elaboration(program, graph, diagnostics, true, 1);
  if (!use_net_alone(elaboration, net)) return std::nullopt;
  LoneNet result{net.name(), 0};
  for (const ParameterRecord& record : elaboration.parameters) {
    if (record.role != InputRole::Parameter) continue;
    int64_t count = 1;
    for (int64_t size : record.shape) count *= size;
    result.parameters += count;
  }
  return result;
}

}  // namespace dnnc
