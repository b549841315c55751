#include <algorithm>

#include "compiler/sema/elaborate/evaluate.h"
#include "compiler/sema/names/unknown_word.h"

namespace dnnc {
namespace {

/// The steps that a formula writes where a step is wanted; empty if it is none.
std::vector<ast::Step> written_steps(const ast::Ptr& formula) {
  Span span = formula->span;
  if (const auto* bracketed = std::get_if<ast::Bracketed>(&formula->kind)) {
    std::vector<ast::Step> inner = written_steps(bracketed->inner);
    if (inner.size() < 2) return inner;
    return {ast::Step{span, ast::Step::Group{std::move(inner)}, nullptr, std::nullopt}};
  }
  if (const auto* name = std::get_if<ast::Name>(&formula->kind))
    return {ast::Step{span, ast::Step::Use{{name->text, span}, std::nullopt}, nullptr, std::nullopt}};
  if (const auto* call = std::get_if<ast::Call>(&formula->kind); call && call->binders.empty())
    return {ast::Step{span, ast::Step::Use{call->function, call->arguments}, nullptr, std::nullopt}};
  if (const auto* chain = std::get_if<ast::Chain>(&formula->kind)) {
    std::vector<ast::Step> steps = written_steps(chain->input);
    if (!steps.empty()) steps.insert(steps.end(), chain->steps.begin(), chain->steps.end());
    return steps;
  }
  const auto* binary = std::get_if<ast::Binary>(&formula->kind);
  if (!binary || binary->op != ast::BinaryOperator::Multiply) return {};
  std::vector<ast::Step> steps = written_steps(binary->left);
  if (steps.size() != 1) return {};
  steps[0].repeat = binary->right;
  return steps;
}

/// Whether the word alone is a step where it stands: the input is all that it needs.
bool names_step(const Context& context, const std::string& word) {
  const BuiltIn* row = find_built_in(word);
  const Definition* definition = find_definition(*context.scope->module, word);
  if (!definition) return row && row->kind == BuiltIn::Kind::Scalar && row->arity == 1;
  const std::vector<ast::Parameter>& parameters = definition->tree->parameters;
  return !parameters.empty() &&
         std::all_of(parameters.begin() + 1, parameters.end(),
                     [](const ast::Parameter& parameter) { return parameter.standard != nullptr; });
}

/// What stands after `as`, numbered where the step is repeated.
std::string name_of_use(const ast::Step& step, int64_t number) {
  if (!step.as) return "";
  return step.repeat ? step.as->text + std::to_string(number) : step.as->text;
}

bool take_name(Context& context, const ast::Step& step, const std::string& name) {
  if (name.empty() || context.shared) return true;
  if (++context.elaboration.use_counters[context.path + "/" + name + "/"] == 1) return true;
  fault(context.elaboration, "E0409", step.as->span, "two uses are named `" + name + "` here");
  return false;
}

/// Whether the word is a step that was given or made under this name: its uses have paths of their own.
bool names_given_step(const Scope& scope, const std::string& word) {
  const auto binding = scope.names.find(word);
  return binding != scope.names.end() && std::holds_alternative<std::shared_ptr<const Step>>(binding->second.value);
}

/// Whether the word is a function that is no layer, and no step that was given under this name.
bool names_function(const Context& context, const std::string& word) {
  if (names_given_step(*context.scope, word)) return false;
  if (const Definition* definition = find_definition(*context.scope->module, word))
    return definition->kind() == ast::DefinitionKind::Activation || definition->kind() == ast::DefinitionKind::Function;
  const BuiltIn* row = find_built_in(word);
  return row && row->kind == BuiltIn::Kind::Scalar;
}

/// An activation that is a step of the user's stands among the layers.
void note_function(Context& context, const ast::Step& step, const std::string& word, const std::string& name,
                   const Value& value) {
  const auto* tensor = std::get_if<Tensor>(&value);
  const bool in_net = !context.elaboration.uses.empty() && !context.path.empty() && !context.indexed;
  if (!tensor || !in_net || context.scope->module->library || !names_function(context, word)) return;
  const std::string path = name.empty() ? next_path(context, word) : context.path + "/" + name;
  if (context.elaboration.layer_paths.insert(path).second)
    context.elaboration.layers.push_back({{path, word, shape_of(context.elaboration, *tensor)}, step.span});
}

Value apply_once(Context& context, const ast::Step& step, Value input, Span input_span, const std::string& name,
                 bool rows) {
  if (const auto* group = std::get_if<ast::Step::Group>(&step.kind)) {
    if (name.empty()) return apply_steps(context, group->steps, std::move(input), input_span, rows);
    Context inner = context;
    inner.path += "/" + name;
    return apply_steps(inner, group->steps, std::move(input), input_span, rows);
  }
  const auto* use = std::get_if<ast::Step::Use>(&step.kind);
  if (!use) return fault(context.elaboration, "E0210", step.span, "a value cannot be a step");
  std::vector<Given> arguments = {{std::nullopt, nullptr, std::move(input), input_span}};
  if (use->arguments)
    for (const ast::Argument& argument : *use->arguments) arguments.push_back(given_by(argument));
  Value value = call(context, use->word, std::move(arguments), step.span, {name, ""});
  if (rows) note_function(context, step, use->word.text, name, value);
  return value;
}

Value apply_step(Context& context, const ast::Step& step, Value input, Span input_span, bool rows) {
  int64_t times = 1;
  if (step.repeat) {
    std::optional<int64_t> count = evaluate_whole(context, step.repeat, "the number of repeats");
    if (!count) return Poison{};
    times = *count;
  }
  for (int64_t number = 1; number <= times && !is_poison(input); ++number) {
    if (!spend(context.elaboration, step.span)) return Poison{};
    std::string name = name_of_use(step, number);
    if (!take_name(context, step, name)) return Poison{};
    input = apply_once(context, step, std::move(input), input_span, name, rows);
  }
  return input;
}

/// The numbers of the uses below a shared path begin again: they are the same uses.
void restart_counters(Elaboration& elaboration, const std::string& path) {
  std::erase_if(elaboration.use_counters, [&](const auto& entry) { return entry.first.starts_with(path + "/"); });
}

}  // namespace

std::string next_path(Context& context, const std::string& name) {
  std::string base = context.path.empty() ? name : context.path + "/" + name;
  return base + std::to_string(++context.elaboration.use_counters[base]);
}

Value evaluate_chain(Context& context, const ast::Chain& chain) {
  Value input = evaluate(context, chain.input);
  return is_poison(input) ? input : apply_steps(context, chain.steps, std::move(input), chain.input->span);
}

Value apply_steps(Context& context, const std::vector<ast::Step>& steps, Value input, Span input_span, bool rows) {
  for (const ast::Step& step : steps) {
    input = apply_step(context, step, std::move(input), input_span, rows);
    if (is_poison(input)) return input;
    input_span = step.span;
  }
  return input;
}

Value apply_step_value(Context& context, const Step& step, Value input, Span span) {
  Context inner = context;
  inner.scope = step.scope;
  inner.bound.clear();
  inner.ellipsis.reset();
  const bool rows = step.steps.size() > 1;  // one alone is written where it is given: `dense(8, relu)`
  if (step.shared.empty()) return apply_steps(inner, step.steps, std::move(input), span, rows);
  inner.shared = true;
  restart_counters(context.elaboration, step.shared);
  const auto* single = step.steps.size() == 1 ? std::get_if<ast::Step::Use>(&step.steps[0].kind) : nullptr;
  const bool definition = single && !names_given_step(*step.scope, single->word.text);
  if (definition && !step.steps[0].repeat && !step.steps[0].as) {
    std::vector<Given> arguments = {{std::nullopt, nullptr, std::move(input), span}};
    if (single->arguments)
      for (const ast::Argument& argument : *single->arguments) arguments.push_back(given_by(argument));
    return call(inner, single->word, std::move(arguments), step.steps[0].span, {"", step.shared});
  }
  inner.path = step.shared;
  return apply_steps(inner, step.steps, std::move(input), span, rows);
}

Value step_of(Context& context, const ast::Ptr& formula) {
  if (const auto* name = std::get_if<ast::Name>(&formula->kind)) {
    Value value = read_name(context, name->text, formula->span);
    if (is_poison(value) || std::holds_alternative<std::shared_ptr<const Step>>(value)) return value;
    Diagnostic diagnostic = error("E0204", formula->span, "a step is wanted here: a layer, function or net");
    diagnostic.label = describe(context.elaboration, value);
    return fault(context.elaboration, std::move(diagnostic));
  }
  auto step = std::make_shared<Step>();
  step->steps = written_steps(formula);
  step->scope = context.scope;
  if (step->steps.empty()) {
    Diagnostic diagnostic = error("E0204", formula->span, "a step is wanted here: a layer, function or net");
    suggest_without_quotes(diagnostic, formula, [&](const std::string& word) { return names_step(context, word); });
    return fault(context.elaboration, std::move(diagnostic));
  }
  return std::shared_ptr<const Step>(step);
}

}  // namespace dnnc
