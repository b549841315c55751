#include "compiler/sema/training/forward_graph.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "compiler/sema/names/tree_walk.h"
#include "compiler/sema/names/unknown_word.h"
#include "compiler/sema/training/training_formulas.h"
#include "compiler/sema/training/training_nodes.h"
#include "compiler/sema/training/whole_ranges.h"
#include "runtime/program/run_numbers.h"

namespace dnnc {
namespace {

/// The field that the result is compared with, or null.
const Pair* pair_of(const Run& run, const std::string& result) {
  auto found =
      std::find_if(run.pairs.begin(), run.pairs.end(), [&](const Pair& pair) { return pair.result == result; });
  return found == run.pairs.end() ? nullptr : &*found;
}

bool is_target(const Run& run, const std::string& field) {
  return std::any_of(run.pairs.begin(), run.pairs.end(), [&](const Pair& pair) { return pair.field == field; });
}

/// Whether what a formula gives can be taken for labels, or for numbers: it becomes such then.
bool becomes(Forward& forward, const Run& run, const FieldUse& use, FieldValue& field) {
  Elaboration& elaboration = forward.elaboration;
  if (shape_of(elaboration, field.value) != use.shape) return false;
  const NodeId node = node_of(elaboration, field.value, use.field, use.span);
  if (use.element.kind == Element::Kind::Real) {
    if (!are_quantities(run, *elaboration.graph, node)) return false;
  } else {
    const std::optional<Interval> range = whole_range(*elaboration.graph, field.value.body, run);
    if (!range) return false;
    if (use.element.kind == Element::Kind::Class && (range->low < 0 || range->high >= use.element.classes))
      return false;
  }
  field.value = tensor_of(elaboration, with_element(*elaboration.graph, node, use.element, use.field, use.span));
  return true;
}

/// Reports a field whose formula gives something else than what it is given to.
bool fit_types(Forward& forward, const Run& run) {
  bool whole = true;
  for (const FieldUse& use : run.uses) {
    if (!use.typed) continue;
    auto found = forward.fields.fields.find(run.names->kept_name(use.field, run.data->steps.size()));
    if (found == forward.fields.fields.end()) continue;
    FieldValue& field = found->second;
    std::vector<int64_t> shape = shape_of(forward.elaboration, field.value);
    if ((shape == use.shape && field.value.element == use.element) || becomes(forward, run, use, field)) continue;
    whole = false;
    Diagnostic misfit = error("E0511", use.span, "field `" + use.field + "` does not fit " + use.taker);
    misfit.label = "takes " + type_text(use.element, use.shape);
    for (const FieldStep& step : run.data->steps)
      if (step.field == found->first)
        misfit.labels = {{step.formula->span, "its formula gives " + type_text(field.value.element, shape)}};
    if (shape == use.shape && use.element.kind == Element::Kind::Class)
      misfit.notes.push_back({{},
                              "labels are whole numbers from 0 to " + std::to_string(use.element.classes - 1) +
                                  ", as `label - 1` of a column or a comparison gives them"});
    forward.elaboration.diagnostics->report(std::move(misfit));
  }
  return whole;
}

/// What a formula of training may name. `undone`: targets and what is compared with them as they were before they were
/// standardised.
Environment formula_environment(Forward& forward, const Run& run, const ast::Ptr& formula, bool undone) {
  Environment environment;
  for (const std::string& name : formula_fields(run, forward.results, formula)) {
    const FieldValue& field = field_at_end(forward.fields, run, name);
    bool original = undone && is_target(run, name) && field.original;
    environment[name] = original ? *field.original : field.value;
  }
  for (const NetResult& result : forward.results)
    environment[result.info.name] = undone ? undone_scores(forward, run, result) : result.scores;
  add_loop_settings(forward.elaboration, names_in(formula), environment);
  return environment;
}

/// Whether a loss or metric can compare what a result means: the type that it states of the target, if it states one of a head
/// whose results are numbers, is that of the net's head.
bool means_the_same(Diagnostics& diagnostics, const Definition& definition, const NetResult& result, Span span) {
  const auto& parameters = definition.tree->parameters;
  const auto* type =
      parameters.size() > 1 && parameters[1].type ? std::get_if<ast::ArrayType>(&parameters[1].type->kind) : nullptr;
  if (!type) return true;
  const bool probability = is_called(*type, TypeWord::Probability), real = is_called(*type, TypeWord::Real);
  if (!(probability && result.info.head == Head::Real) && !(real && result.info.head == Head::Probability)) return true;
  Diagnostic misfit = error("E0206", span,
                            fmt::format("`{}` needs {} for `{}`", definition.name(),
                                        diagnostics.sources().text(parameters[1].type->span), parameters[1].name.text));
  misfit.label = fmt::format("the net gives {}", runtime::word_of(result.info.head));
  misfit.labels.push_back({parameters[1].span, "stated here"});
  diagnostics.report(std::move(misfit));
  return false;
}

/// A loss or metric by name, of the only result and the target.
Value named_value(Forward& forward, const Run& run, const NamedFormula& formula, const Environment& environment,
                  bool undone) {
  Diagnostics& diagnostics = *forward.elaboration.diagnostics;
  const std::string& name = formula.call.word.text;
  if (forward.results.size() != 1) {
    std::string first = forward.results.empty() ? "result" : forward.results.front().info.name;
    diagnostics.report(error("E0609", formula.call.word.span,
                             "`" + name + "` by its name alone needs a net with one result",
                             "say what it compares: " + name + "(" + first + ", target)"));
    return Poison{};
  }
  const NetResult& result = forward.results.front();
  if (result.info.head == Head::Array) {
    Diagnostic none = error("E0609", formula.call.word.span,
                            "a result of type " + type_text({}, result.info.shape) + " has no target",
                            "declare it `real` in the head of the net, or write the loss as a formula");
    none.labels = {{run.net->tree->name.span, "this net"}};
    diagnostics.report(std::move(none));
    return Poison{};
  }
  if (!means_the_same(diagnostics, *formula.definition, result, formula.call.word.span)) return Poison{};
  const FieldValue& target = field_at_end(forward.fields, run, target_word);
  OutsideCall call;
  call.definition = formula.definition;
  call.given = {environment.at(result.info.name), undone && target.original ? *target.original : target.value};
  call.arguments = formula.call.arguments;
  call.path = run.net->name() + "/" + name;
  call.span = formula.call.word.span;
  std::vector<Value> values = apply(forward.elaboration, environment, call);
  return values.empty() ? Value{Poison{}} : values.front();
}

/// Whether the loss or metric of that name can be given the net's result and the target. What is made on the way is not used.
bool fits(Forward& forward, const Run& run, const std::string& name, Span span) {
  auto formula = std::make_shared<ast::Expression>(ast::Expression{span, ast::Name{name}});
  std::optional<NamedFormula> named = named_formula(*forward.elaboration.program, formula);
  if (!named || forward.results.size() != 1) return false;
  Diagnostics muted(forward.elaboration.diagnostics->sources());
  Diagnostics* const heard = std::exchange(forward.elaboration.diagnostics, &muted);
  const Environment environment{{forward.results.front().info.name, forward.results.front().scores}};
  const Value value = named_value(forward, run, *named, environment, false);
  forward.elaboration.diagnostics = heard;
  return !is_poison(value);
}

constexpr size_t most_names = 10;

/// The losses, or metrics, of the program and the library that can be given the result and the target, in backquotes.
std::vector<std::string> what_fits(Forward& forward, const Run& run, const Definition& other, Span span) {
  const Module& main = forward.elaboration.program->main();
  std::vector<std::string> names;
  for (const std::string& name : visible_names(main)) {
    const Definition* definition = find_definition(main, name);
    if (definition && definition != &other && definition->kind() == other.kind() && fits(forward, run, name, span))
      names.push_back("`" + name + "`");
  }
  return names;
}

/// named_value(), whose fault about a type says what can be taken in its place.
Value named_value_or_others(Forward& forward, const Run& run, const NamedFormula& named, const Environment& environment,
                            bool undone) {
  Diagnostics& diagnostics = *forward.elaboration.diagnostics;
  Diagnostics own(diagnostics.sources());
  forward.elaboration.diagnostics = &own;
  const Value value = named_value(forward, run, named, environment, undone);
  std::vector<Diagnostic> said = own.sorted();
  if (said.size() == 1 && said.front().code == "E0206" && said.front().span == named.call.word.span) {
    std::vector<std::string> names = what_fits(forward, run, *named.definition, named.call.word.span);
    if (names.size() > most_names) names = {names.begin(), names.begin() + most_names};
    if (!names.empty())
      said.front().notes.push_back({{},
                                    fmt::format("a {} of such a result and target is {}",
                                                word_of(named.definition->kind()), fmt::join(names, ", "))});
  }
  forward.elaboration.diagnostics = &diagnostics;
  for (Diagnostic& diagnostic : said) diagnostics.report(std::move(diagnostic));
  return value;
}

/// `loss = "mse"`: reports it and says true.
bool is_text(Forward& forward, const Run& run, const ast::Ptr& formula) {
  if (!std::holds_alternative<ast::String>(without_brackets(formula)->kind)) return false;
  Diagnostic text = error("E0607", formula->span, "a loss or metric is a name or a formula, not a text");
  suggest_without_quotes(text, without_brackets(formula),
                         [&](const std::string& word) { return fits(forward, run, word, formula->span); });
  forward.elaboration.diagnostics->report(std::move(text));
  return true;
}

constexpr size_t most_table_axes = 2;

/// The number for one example, or of all examples, of which a metric may give a table; std::nullopt after an error.
std::optional<NodeId> number_of(Forward& forward, const Run& run, const ast::Ptr& formula, const std::string& name,
                                bool undone, bool tables = false) {
  Elaboration& elaboration = forward.elaboration;
  if (misplaced_setting(*elaboration.program, formula, *elaboration.diagnostics)) return std::nullopt;
  if (is_text(forward, run, formula)) return std::nullopt;
  Environment environment = formula_environment(forward, run, formula, undone);
  std::optional<NamedFormula> named = named_formula(*elaboration.program, formula);
  Value value = named ? named_value_or_others(forward, run, *named, environment, undone)
                      : evaluate_formula(elaboration, environment, formula, run.net->name() + "/" + name);
  if (is_poison(value)) return std::nullopt;
  std::optional<Tensor> tensor = to_tensor(elaboration, value, formula->span);
  if (!tensor) return std::nullopt;
  std::vector<int64_t> shape = shape_of(elaboration, *tensor);
  const bool table = tables && shape.size() <= most_table_axes && !depends_on_example(elaboration, *tensor);
  if (!shape.empty() && !table) {
    Diagnostic array =
        error("E0610", formula->span, "one number for each example is needed", "take the mean: mean(...)");
    array.label = type_text(tensor->element, shape);
    elaboration.diagnostics->report(std::move(array));
    return std::nullopt;
  }
  return node_of(elaboration, *tensor, name, formula->span);
}

/// What each example counts. False after an error.
bool add_weights(Forward& forward, const Run& run) {
  Graph& graph = *forward.elaboration.graph;
  std::optional<NodeId> each = number_of(forward, run, run.weight, weight_key, true);
  if (!each) return false;
  each = with_batch(graph, *each, *forward.elaboration.batch);
  const NodeId count = setting(forward.elaboration, SettingName::Count);
  forward.weight = weight_of_all(graph, *each, count, run.weight->span);
  forward.elaboration.weights = {*each, divisor_of_weights(graph, forward.weight, run.weight->span)};
  return true;
}

bool add_metric(Forward& forward, const Run& run, const MetricPlan& metric) {
  Elaboration& elaboration = forward.elaboration;
  Graph& graph = *elaboration.graph;
  const NodeId first{static_cast<uint32_t>(graph.nodes.size())};
  std::optional<NodeId> value = number_of(forward, run, metric.value, metric.name, true, true);
  if (!value) return false;
  std::vector<NodeId> means = means_behind(graph, *value).means;
  std::erase_if(means, [&](NodeId mean) { return mean.value < first.value; });
  if (batched(graph[*value]) && !means.empty()) {
    elaboration.diagnostics->report(
        error("E0617", metric.value->span, "`" + metric.name + "` mixes one example with means over all of them",
              "put what is about one example into a `batch_mean` of its own: batch_mean(a) - batch_mean(b)"));
    return false;
  }
  if (means.empty())
    value =
        mean_over_batch(graph, with_batch(graph, *value, *elaboration.batch), setting(elaboration, SettingName::Count),
                        metric.name, metric.value->span, elaboration.weights);
  std::optional<MetricMeans> collected = metric_means(graph, *value, first, elaboration.weights.has_value());
  if (!collected) {
    elaboration.diagnostics->report(
        error("E0617", metric.value->span, "`" + metric.name + "` takes a mean of what is made of another mean",
              "of such means only variances can be collected: batch_mean((x - batch_mean(x))^2)"));
    return false;
  }
  forward.metrics.push_back({metric.name, collected->value, std::move(collected->means), graph[*value].axes});
  return true;
}

}  // namespace

std::optional<NodeId> weight_of_fields(Forward& forward, const Run& run) {
  if (!run.weight) return std::nullopt;
  // A result of the net is none of the uses.
  for (const std::string& name : formula_fields(run, forward.results, run.weight))
    if (std::ranges::find(run.uses, name, &FieldUse::field) == run.uses.end()) return std::nullopt;
  for (const SettingName name : runtime::loop_settings)
    if (names_in(run.weight).contains(runtime::word_of(name))) return std::nullopt;
  const std::optional<NodeId> each = number_of(forward, run, run.weight, weight_key, true);
  if (!each) return std::nullopt;
  Graph& graph = *forward.elaboration.graph;
  const NodeId node = with_batch(graph, *each, *forward.elaboration.batch);
  return with_element(graph, node, {}, weight_key, run.weight->span);
}

std::vector<std::string> judged_fields(const Run& run) {
  std::vector<std::string> fields;
  for (const FieldUse& use : run.uses) fields.push_back(use.field);
  return fields;
}

std::optional<Forward> use_net_on_data(const Program& program, const Run& run, Graph& graph, Diagnostics& diagnostics,
                                       bool training, int64_t batch, const std::vector<std::string>& also,
                                       bool keeps_arguments) {
  Forward forward{begin_elaboration(program, graph, diagnostics, training, batch), {}, {}, {}, {}};
  forward.elaboration.keeps_arguments = keeps_arguments;
  std::vector<std::string> wanted = run.inputs;
  wanted.insert(wanted.end(), also.begin(), also.end());
  std::optional<FieldValues> fields = field_values(forward.elaboration, run, wanted);
  if (!fields) return std::nullopt;
  forward.fields = std::move(*fields);
  if (!fit_types(forward, run)) return std::nullopt;
  std::vector<Value> inputs;
  for (const std::string& field : run.inputs) inputs.push_back(field_at_end(forward.fields, run, field).value);
  std::optional<std::vector<NetResult>> results = use_net(forward.elaboration, *run.net, inputs, run.block.net.span);
  if (!results) return std::nullopt;
  forward.results = std::move(*results);
  return forward;
}

bool judge(Forward& forward, const Run& run) {
  Graph& graph = *forward.elaboration.graph;
  if (run.weight && !add_weights(forward, run)) return false;
  std::optional<NodeId> loss = number_of(forward, run, run.block.loss, runtime::loss_name, false);
  if (loss && batched(graph[*loss]))
    loss = mean_over_batch(graph, *loss, setting(forward.elaboration, SettingName::Count), runtime::loss_name,
                           run.block.loss->span, forward.elaboration.weights);
  if (loss) forward.loss = *loss;
  bool whole = loss.has_value();
  for (const MetricPlan& metric : run.metrics) whole = add_metric(forward, run, metric) && whole;
  return whole;
}

Tensor undone_scores(Forward& forward, const Run& run, const NetResult& result) {
  const Pair* pair = pair_of(run, result.info.name);
  if (!pair || result.info.head == Head::Class || result.info.head == Head::Probability) return result.scores;
  std::vector<std::string> fitted = run.names->fitted_last(pair->field);
  return undo_standardization(forward.elaboration, result.scores, fitted, result.info.name, pair->span);
}

}  // namespace dnnc
