#include "compiler/sema/training/training_formulas.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "compiler/sema/names/tree_walk.h"

namespace dnnc {
namespace {

/// A definition that is given a result and a target.
const Definition* judging_definition(const Program& program, const std::string& name) {
  const Definition* found = find_definition(program.main(), name);
  if (!found) return nullptr;
  bool judges = found->kind() == ast::DefinitionKind::Loss || found->kind() == ast::DefinitionKind::Metric;
  return judges ? found : nullptr;
}

bool is_result(const std::vector<NetResult>& results, const std::string& name) {
  return std::any_of(results.begin(), results.end(), [&](const NetResult& result) { return result.info.name == name; });
}

bool is_loop_setting(const std::string& name) {
  return std::ranges::any_of(runtime::loop_settings,
                             [&](SettingName known) { return name == runtime::word_of(known); });
}

std::string name_in(const ast::Ptr& value) {
  const auto* name = std::get_if<ast::Name>(&without_brackets(value)->kind);
  return name ? name->text : "";
}

/// How many elements a list of the text has; 0 of anything else.
size_t list_length(const Program& program, const ast::Ptr& array) {
  if (const auto* list = std::get_if<ast::List>(&without_brackets(array)->kind)) return list->items.size();
  const ConstantEntry* constant = find_constant(program.main(), name_in(array));
  const auto* list = constant ? std::get_if<std::shared_ptr<const List>>(&constant->value) : nullptr;
  return list ? (*list)->items.size() : 0;
}

size_t place_of_parameter(const Definition& definition, const std::string& name) {
  const std::vector<ast::Parameter>& parameters = definition.tree->parameters;
  const auto is_called = [&](const ast::Parameter& parameter) { return parameter.name.text == name; };
  return static_cast<size_t>(std::ranges::find_if(parameters, is_called) - parameters.begin());
}

void add_pair(std::vector<Pair>& pairs, Pair pair) {
  bool known = std::any_of(pairs.begin(), pairs.end(),
                           [&](const Pair& other) { return other.result == pair.result && other.field == pair.field; });
  if (!known) pairs.push_back(std::move(pair));
}

/// Pairs that stand in calls of losses and metrics: `crossentropy(sex, gender)`.
void add_written_pairs(const Run& run, const std::vector<NetResult>& results, const Program& program,
                       const ast::Ptr& formula, std::vector<Pair>& pairs) {
  std::vector<std::string> fields = formula_fields(run, results, formula);
  for_each_expression(formula, [&](const ast::Expression& expression) {
    const auto* call = std::get_if<ast::Call>(&expression.kind);
    if (!call || call->arguments.size() < 2 || !judging_definition(program, call->function.text)) return;
    std::string result = name_in(call->arguments[0].value), field = name_in(call->arguments[1].value);
    bool both = is_result(results, result) && std::find(fields.begin(), fields.end(), field) != fields.end();
    if (both) add_pair(pairs, {result, field, call->arguments[1].value->span});
  });
}

}  // namespace

std::optional<NamedFormula> named_formula(const Program& program, const ast::Ptr& value) {
  std::optional<WrittenCall> call = written_call(value);
  const Definition* definition = call ? judging_definition(program, call->word.text) : nullptr;
  if (!definition) return std::nullopt;
  const std::vector<ast::Parameter>& parameters = definition->tree->parameters;
  bool own_values = std::any_of(call->arguments.begin(), call->arguments.end(), [&](const ast::Argument& argument) {
    if (!argument.name) return true;
    for (size_t place = 0; place < std::min<size_t>(2, parameters.size()); ++place)
      if (parameters[place].name.text == argument.name->text) return true;
    return false;
  });
  return own_values ? std::nullopt : std::optional(NamedFormula{definition, *call});
}

bool misplaced_setting(const Program& program, const ast::Ptr& value, Diagnostics& diagnostics) {
  std::optional<WrittenCall> call = written_call(value);
  const Definition* definition = call ? judging_definition(program, call->word.text) : nullptr;
  if (!definition || call->arguments.empty() || call->arguments.front().name) return false;
  if (call->arguments.size() > 1 && !call->arguments[1].name) return false;
  const std::vector<ast::Parameter>& parameters = definition->tree->parameters;
  const ast::Ptr& setting = call->arguments.front().value;
  Diagnostic unnamed = error("E0607", setting->span, "a setting of `" + call->word.text + "` is given by its name");
  if (parameters.size() > 2) {
    const std::string named = parameters[2].name.text + ": " + program.sources->line_of(setting->span);
    unnamed.replacement = {setting->span, named};
    unnamed.help = "write " + call->word.text + "(" + named + ")";
  }
  diagnostics.report(std::move(unnamed));
  return true;
}

void add_loop_settings(Elaboration& elaboration, const std::set<std::string>& names, Environment& environment) {
  for (const SettingName name : runtime::loop_settings)
    if (const std::string word = runtime::word_of(name); names.contains(word))
      environment[word] = tensor_of(elaboration, setting(elaboration, name));
}

bool is_word(const std::string& metric) {
  const auto in_words = [](unsigned char letter) { return std::isalnum(letter) || letter == '_'; };
  return std::ranges::all_of(metric, in_words) && !std::isdigit(static_cast<unsigned char>(metric.front()));
}

std::string name_for_formula(const std::string& metric) {
  return "the metric `" + metric + "` has no name; `as` gives one: `metrics = [" + metric + " as its_name]`";
}

std::vector<MetricPlan> plan_metrics(const Run& run, const Program& program, Diagnostics& diagnostics) {
  std::vector<MetricPlan> metrics;
  std::map<std::string, Span> given;
  for (const WrittenMetric& written : run.block.metrics) {
    const ast::Word& name = written.name;
    if (name.text.empty()) continue;
    const auto [first, fresh] = given.try_emplace(name.text, name.span);
    if (fresh && name.text != runtime::loss_name) continue;
    Diagnostic taken = error("E0621", name.span, "the name `" + name.text + "` is taken", "give this one another name");
    taken.labels = {{fresh ? run.block.loss->span : first->second, fresh ? "of the loss" : "here first"}};
    diagnostics.report(std::move(taken));
  }
  std::map<std::string, int> count;
  for (const WrittenMetric& written : run.block.metrics) {
    std::optional<WrittenCall> call = written_call(written.value);
    const Definition* definition = call ? judging_definition(program, call->word.text) : nullptr;
    std::string name = written.name.text;
    if (name.empty()) {
      const std::string own = definition ? call->word.text : program.sources->line_of(written.value->span);
      do name = own + (++count[own] > 1 ? std::to_string(count[own]) : "");
      while (given.contains(name) || name == runtime::loss_name);
    }
    metrics.push_back(
        {name, written.value, definition && definition->kind() == ast::DefinitionKind::Loss, definition == nullptr});
  }
  return metrics;
}

std::vector<Pair> find_pairs(const Run& run, const std::vector<NetResult>& results, const Program& program) {
  std::vector<Pair> pairs;
  std::vector<ast::Ptr> formulas = {run.block.loss};
  for (const MetricPlan& metric : run.metrics) formulas.push_back(metric.value);
  for (const ast::Ptr& formula : formulas) {
    // A text is told to be none by comparing what it names with the target.
    const bool text = std::holds_alternative<ast::String>(without_brackets(formula)->kind);
    if (results.size() == 1 && (text || named_formula(program, formula)))
      add_pair(pairs, {results.front().info.name, target_word, formula->span});
    add_written_pairs(run, results, program, formula, pairs);
  }
  for (const ast::Ptr& formula : formulas) {
    std::vector<std::string> fields = formula_fields(run, results, formula);
    bool reads_target = std::find(fields.begin(), fields.end(), target_word) != fields.end();
    if (results.size() == 1 && pairs.empty() && reads_target)
      add_pair(pairs, {results.front().info.name, target_word, formula->span});
  }
  return pairs;
}

std::vector<ListSubscript> list_subscripts(const Program& program, const ast::Ptr& formula) {
  std::vector<ListSubscript> result;
  for_each_expression(formula, [&](const ast::Expression& expression) {
    const auto* element = std::get_if<ast::Element>(&expression.kind);
    if (!element || element->subscripts.size() != 1) return;
    const auto* at = std::get_if<ast::Ptr>(&element->subscripts.front());
    std::string name = at ? name_in(*at) : "";
    size_t count = list_length(program, element->array);
    if (!name.empty() && count > 0) result.push_back({{name, (*at)->span}, static_cast<int64_t>(count)});
  });
  return result;
}

std::vector<TypedArgument> typed_arguments(const Program& program, const std::vector<NetResult>& results,
                                           const std::set<std::string>& fields, const ast::Ptr& formula) {
  std::vector<TypedArgument> typed;
  for_each_expression(formula, [&](const ast::Expression& expression) {
    const auto* call = std::get_if<ast::Call>(&expression.kind);
    const Definition* callee = call ? find_definition(program.main(), call->function.text) : nullptr;
    if (!callee) return;
    const std::vector<ast::Parameter>& parameters = callee->tree->parameters;
    std::map<size_t, InputType> given;
    std::map<size_t, ast::Word> taken;
    for (size_t place = 0; place < call->arguments.size(); ++place) {
      const ast::Argument& argument = call->arguments[place];
      const size_t parameter = argument.name ? place_of_parameter(*callee, argument.name->text) : place;
      const std::string name = name_in(argument.value);
      if (parameter >= parameters.size()) continue;
      if (fields.contains(name)) taken[parameter] = {name, argument.value->span};
      for (const NetResult& result : results)
        if (result.info.name == name) given[parameter] = {TypeWord::Number, result.info.shape, {}};
    }
    for (const auto& [parameter, field] : taken)
      if (std::optional<InputType> type = argument_type(program, *callee, parameter, given))
        typed.push_back(
            {field, "parameter `" + parameters[parameter].name.text + "` of `" + callee->name() + "`", *type});
  });
  return typed;
}

std::vector<std::string> formula_fields(const Run& run, const std::vector<NetResult>& results,
                                        const ast::Ptr& formula) {
  std::vector<std::string> fields;
  for (const std::string& name : run.names->fields_in_training(formula)) {
    if (!is_loop_setting(name) && !is_result(results, name)) fields.push_back(name);
  }
  return fields;
}

}  // namespace dnnc
