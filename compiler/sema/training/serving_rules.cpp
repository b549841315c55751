#include "compiler/sema/training/serving_rules.h"

#include <algorithm>

#include "compiler/ir/gradient_paths.h"
#include "compiler/sema/names/unknown_word.h"
#include "compiler/sema/training/parameter_paths.h"
#include "compiler/sema/training/plan_run.h"
#include "compiler/sema/training/training_calls.h"
#include "compiler/syntax/keywords.h"
#include "runtime/program/path_pattern.h"

namespace dnnc {
namespace {

const char* const rate_parameter = "rate";

ast::Ptr scaled(const ast::Ptr& rate) {
  auto scale = std::make_shared<ast::Expression>(ast::Expression{rate->span, ast::Name{rate_scale_name}});
  return std::make_shared<ast::Expression>(
      ast::Expression{rate->span, ast::Binary{ast::BinaryOperator::Multiply, rate->span, scale, rate}});
}

/// How many parameters training itself gives: value, gradient, and the step number if a third has no default.
size_t given_count(const Definition& optimizer) {
  bool counts = optimizer.tree->parameters.size() > 2 && !has_default(optimizer, 2);
  return counts ? 3 : 2;
}

/// The parameter called `rate`, or nothing.
std::optional<size_t> rate_place(const Definition& optimizer) {
  const std::vector<ast::Parameter>& parameters = optimizer.tree->parameters;
  for (size_t place = 0; place < parameters.size(); ++place)
    if (parameters[place].name.text == rate_parameter) return place;
  return std::nullopt;
}

/// Multiplies the rate that the call gives, or the default. False if the optimizer has none.
bool scale_rate(ServingRule& rule) {
  std::optional<size_t> place = rate_place(*rule.definition);
  if (!place) return false;
  size_t position = given_count(*rule.definition);
  for (ast::Argument& argument : rule.call.arguments) {
    bool named = argument.name && argument.name->text == rate_parameter;
    if (named || (!argument.name && position == *place)) {
      argument.value = scaled(argument.value);
      return true;
    }
    if (!argument.name) ++position;
  }
  const ast::Parameter& parameter = rule.definition->tree->parameters[*place];
  if (!parameter.standard) return true;
  rule.own_arguments.push_back({ast::Word{rate_parameter, rule.call.word.span}, scaled(parameter.standard)});
  return true;
}

/// Tries the optimizer on a small array and looks whether the new value depends on the gradient.
bool reads_gradient(const Program& program, const ServingRule& rule) {
  Diagnostics muted(*program.sources);
  Graph graph;
  std::vector<Axis> axes = {{"i", 2, false}};
  NodeId value = add_input(graph, {InputRole::Parameter, "w", ""}, axes, {}, {});
  NodeId gradient = add_input(graph, {InputRole::Parameter, "g", ""}, axes, {}, {});
  Elaboration elaboration = begin_elaboration(program, graph, muted, true, std::nullopt);
  std::optional<NodeId> result = new_value(elaboration, rule, value, gradient, "w", {});
  return !result || dependencies(graph, {*result}).contains(gradient);
}

std::optional<ServingRule> serving_rule(const Program& program, const Run& run, const OptimizerRule& rule,
                                        Diagnostics& diagnostics) {
  std::optional<WrittenCall> call = written_call(rule.value);
  if (!call) {
    Diagnostic unnamed = error("E0607", rule.value->span, "an optimizer by its name is needed, with its settings",
                               "write optimizer = adam(rate: 0.001)");
    suggest_without_quotes(unnamed, rule.value, [&](const std::string& word) {
      const Definition* meant = find_definition(program.main(), word);
      return meant && meant->kind() == ast::DefinitionKind::Optimizer;
    });
    diagnostics.report(std::move(unnamed));
    return std::nullopt;
  }
  const ast::DefinitionKind kind[] = {ast::DefinitionKind::Optimizer};
  const Definition* definition = find_of_kind(program, call->word, kind, word_of(kind[0]), diagnostics);
  if (!definition) return std::nullopt;
  ServingRule serving{&rule, definition, *call, {}, true};
  if (definition->tree->parameters.size() < 2) {
    Diagnostic few = error("E0618", call->word.span, "an optimizer is given a value and its gradient",
                           "define it as optimizer " + call->word.text + "(w, g, ...)");
    few.labels = {{definition->tree->name.span, "this takes " + std::to_string(definition->tree->parameters.size())}};
    diagnostics.report(std::move(few));
    return std::nullopt;
  }
  serving.reads_gradient = reads_gradient(program, serving);
  const auto annealed = std::ranges::find_if(run.block.loop_rules, [](const WrittenLoopRule& rule) {
    return rule.row->kind == runtime::LoopRuleKind::Plateau;
  });
  if (annealed != run.block.loop_rules.end() && serving.reads_gradient && !scale_rate(serving)) {
    Diagnostic none = error("E0619", call->word.span, "`" + call->word.text + "` has no `rate` for `anneal` to change");
    none.labels = {{annealed->call.place, "the rate is to be changed here"}};
    diagnostics.report(std::move(none));
    return std::nullopt;
  }
  return serving;
}

/// All optimizers of the run have paths, and these parameters match none of them.
void report_unserved(const OptimizerRule& first, const std::vector<std::string>& paths, Diagnostics& diagnostics) {
  Diagnostic none = error("E0602", first.paths.front().span, "no optimizer serves parameter `" + paths.front() + "`",
                          "one without a path, `optimizer = …`, serves all that no other does");
  std::string others;
  for (size_t place = 1; place < paths.size(); ++place) others += (place > 1 ? ", " : "") + paths[place];
  if (!others.empty()) none.notes = {{{}, "nor " + others}};
  diagnostics.report(std::move(none));
}

}  // namespace

std::vector<ServingRule> serving_rules(const Program& program, const Run& run, Diagnostics& diagnostics) {
  std::vector<ServingRule> rules;
  for (const OptimizerRule& rule : run.block.optimizers)
    if (std::optional<ServingRule> serving = serving_rule(program, run, rule, diagnostics))
      rules.push_back(std::move(*serving));
  return rules.size() == run.block.optimizers.size() ? rules : std::vector<ServingRule>{};
}

ast::Ptr rate_of(const ServingRule& rule) {
  const std::optional<size_t> place = rate_place(*rule.definition);
  if (!place) return nullptr;
  size_t position = given_count(*rule.definition);
  for (const ast::Argument& argument : rule.call.arguments) {
    if (argument.name ? argument.name->text == rate_parameter : position == *place) return argument.value;
    if (!argument.name) ++position;
  }
  for (const ast::Argument& argument : rule.own_arguments)
    if (argument.name && argument.name->text == rate_parameter) return argument.value;
  return rule.definition->tree->parameters[*place].standard;
}

std::vector<size_t> assign_rules(const std::vector<ServingRule>& rules, const std::vector<ParameterRecord>& parameters,
                                 Diagnostics& diagnostics) {
  std::vector<size_t> serves(parameters.size(), 0);
  std::vector<bool> served(parameters.size(), false);
  for (size_t rule = 0; rule < rules.size(); ++rule) {
    if (!rules[rule].rule->paths.empty()) continue;
    std::fill(serves.begin(), serves.end(), rule);
    std::fill(served.begin(), served.end(), true);
  }
  for (size_t rule = 0; rule < rules.size(); ++rule) {
    for (const ast::Word& pattern : rules[rule].rule->paths) {
      bool matched = false;
      for (size_t place = 0; place < parameters.size(); ++place) {
        if (parameters[place].role != InputRole::Parameter || !runtime::matches(pattern.text, parameters[place].path))
          continue;
        serves[place] = rule;
        matched = served[place] = true;
      }
      if (!matched) report_unmatched(pattern, parameters, MatchedStates::No, diagnostics);
    }
  }
  std::vector<std::string> unserved;
  for (size_t place = 0; place < parameters.size(); ++place)
    if (parameters[place].role == InputRole::Parameter && !served[place]) unserved.push_back(parameters[place].path);
  if (!unserved.empty()) report_unserved(*rules.front().rule, unserved, diagnostics);
  return serves;
}

std::optional<NodeId> new_value(Elaboration& elaboration, const ServingRule& rule, NodeId value, NodeId gradient,
                                const std::string& path, Span span) {
  std::vector<Value> given = {tensor_of(elaboration, value), tensor_of(elaboration, gradient)};
  if (given_count(*rule.definition) == 3)
    given.push_back(tensor_of(elaboration, setting(elaboration, SettingName::Step)));
  return applied(elaboration, *rule.definition, rule.call, std::move(given), path, span, rule.own_arguments);
}

}  // namespace dnnc
