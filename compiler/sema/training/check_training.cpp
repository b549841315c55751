#include "compiler/sema/training/check_training.h"

#include <algorithm>

#include "compiler/sema/names/unknown_word.h"
#include "compiler/sema/training/assemble.h"
#include "compiler/sema/training/plan_run.h"

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
  for (const runtime::FittedInfo& fitted : fit.fitted)
    if (has_input(train, fitted.field + ".mean") || has_input(evaluate, fitted.field + ".mean")) read.push_back(fitted);
  return read;
}

DataSet data_set(const Run& run, const std::vector<runtime::FittedInfo>& fitted) {
  DataSet set;
  set.name = run.data->name.text;
  set.source = run.data->source;
  set.raw = run.raw;
  set.inputs = run.names->need_of(run.inputs).raw;
  bool loaded = std::any_of(run.raw.begin(), run.raw.end(),
                            [&](const RawField& field) { return field.name == run.data->target; });
  if (loaded) set.target = run.data->target;
  set.splits.assign(run.data->splits.begin(), run.data->splits.end());
  set.augment = run.data->augment;
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
      infos.push_back({record.path, record.shape, record.role, train.optimizers[place], record.span});
    }
  }
  return infos;
}

bool has_part(const Run& run, const std::string& part) {
  if (part == "train") return true;
  return std::any_of(run.data->splits.begin(), run.data->splits.end(),
                     [&](const Split& split) { return split.part == part; });
}

/// Reports a quantity that the training does not measure after an epoch.
bool check_quantity(const Run& run, const DataValue& on, Diagnostics& diagnostics) {
  size_t dot = on.text.find('.');
  std::string part = on.text.substr(0, dot), measure = dot == std::string::npos ? "" : on.text.substr(dot + 1);
  std::vector<std::string> measures = {"loss"};
  for (const MetricPlan& metric : run.metrics) measures.push_back(metric.name);
  if (std::find(measures.begin(), measures.end(), measure) == measures.end() ||
      (part != "train" && part != "validation")) {
    std::vector<std::string> all;
    for (const char* each : {"validation", "train"})
      for (const std::string& name : measures)
        if (has_part(run, each)) all.push_back(std::string(each) + "." + name);
    diagnostics.report(unknown_word("E0615", on.place, "training measures no `" + on.text + "` after an epoch", on.text,
                                    all, "it measures"));
    return false;
  }
  if (has_part(run, part)) return true;
  Diagnostic none = error("E0615", on.place, "data `" + run.data->name.text + "` has no validation part",
                          "add validation = random(20%) to the data");
  none.labels = {{run.data->name.span, "the data"}};
  diagnostics.report(std::move(none));
  return false;
}

/// Losses get smaller; metrics that count successes get larger; of others only the text can tell.
std::optional<std::string> goal_of(const Run& run, const DataValue& on, const std::vector<std::string>& smooth,
                                   Diagnostics& diagnostics) {
  std::string measure = on.text.substr(on.text.find('.') + 1);
  for (const MetricPlan& metric : run.metrics) {
    if (metric.name != measure || metric.smaller_is_better) continue;
    if (std::find(smooth.begin(), smooth.end(), measure) == smooth.end()) return "largest";
    diagnostics.report(error("E0620", on.place, "is a small or a large `" + measure + "` wanted?",
                             "say it: on: " + on.text + ", goal: smallest"));
    return std::nullopt;
  }
  return "smallest";
}

std::optional<LoopRule> loop_call(const Run& run, const std::optional<WrittenLoopRule>& rule,
                                  const std::vector<std::string>& smooth, Diagnostics& diagnostics) {
  if (!rule) return std::nullopt;
  LoopRule call{rule->call.text, {}, {}};
  for (const DataValue& value : rule->call.named) {
    if (value.kind == DataValue::Kind::Number) call.numbers[value.name] = value.number;
    if (value.kind == DataValue::Kind::Text) call.words[value.name] = value.text;
  }
  DataValue on{.kind = DataValue::Kind::Text, .text = "validation.loss", .place = rule->call.place};
  if (const DataValue* given = rule->call.argument("on")) on = *given;
  call.words["on"] = on.text;
  if (!check_quantity(run, on, diagnostics)) return std::nullopt;
  if (call.words.contains("goal")) return call;
  std::optional<std::string> goal = goal_of(run, on, smooth, diagnostics);
  if (goal) call.words["goal"] = *goal;
  return call;
}

}  // namespace

std::optional<Training> check_training(const Program& program, const Run& run, Diagnostics& diagnostics) {
  Training training;
  static_cast<RunInfo&>(training) = run.block.settings;
  std::optional<Assembled> train = assemble(program, run, GraphKind::Train, training.batch, diagnostics);
  if (!train) return std::nullopt;
  std::optional<Assembled> evaluate = assemble(program, run, GraphKind::Evaluate, training.batch, diagnostics);
  std::optional<Assembled> fit = assemble(program, run, GraphKind::Fit, training.batch, diagnostics);
  if (!evaluate || !fit) return std::nullopt;
  size_t errors = diagnostics.error_count();
  training.data = data_set(run, read_statistics(*fit, train->graph, evaluate->graph));
  training.parameters = parameter_infos(*train);
  training.layers = train->layers;
  training.outputs = train->outputs;
  training.metrics = train->metrics;
  training.stop = loop_call(run, run.block.stop, evaluate->smooth_metrics, diagnostics);
  training.keep = loop_call(run, run.block.keep, evaluate->smooth_metrics, diagnostics);
  training.anneal = loop_call(run, run.block.anneal, evaluate->smooth_metrics, diagnostics);
  training.averages = run.block.average != nullptr;
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
