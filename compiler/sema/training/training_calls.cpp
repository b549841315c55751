#include "compiler/sema/training/training_calls.h"

#include "compiler/sema/names/tree_walk.h"
#include "compiler/sema/training/plan_run.h"
#include "compiler/sema/training/training_formulas.h"
#include "compiler/syntax/keywords.h"

namespace dnnc {
namespace {

/// The factor of `anneal`, where an argument names it.
void add_rate_scale(Elaboration& elaboration, const std::vector<ast::Argument>& arguments, Environment& environment) {
  for (const ast::Argument& argument : arguments)
    if (names_in(argument.value).contains(rate_scale_name))
      environment[rate_scale_name] = tensor_of(elaboration, setting(elaboration, SettingName::RateScale));
}

}  // namespace

Environment loop_environment(Elaboration& elaboration, const std::vector<ast::Argument>& arguments) {
  Environment environment;
  for (const ast::Argument& argument : arguments) add_loop_settings(elaboration, names_in(argument.value), environment);
  add_rate_scale(elaboration, arguments, environment);
  return environment;
}

std::optional<NodeId> applied(Elaboration& elaboration, const Definition& definition, const WrittenCall& call,
                              std::vector<Value> given, const std::string& path, Span span,
                              const std::vector<ast::Argument>& own_arguments) {
  OutsideCall outside{&definition, std::move(given), call.arguments, path, call.word.span, own_arguments, {}};
  add_rate_scale(elaboration, own_arguments, outside.own_names);
  Environment environment = loop_environment(elaboration, call.arguments);
  std::vector<Value> values = apply(elaboration, environment, outside);
  if (values.empty() || is_poison(values.front())) return std::nullopt;
  std::optional<Tensor> tensor = to_tensor(elaboration, values.front(), call.word.span);
  return tensor ? std::optional(node_of(elaboration, *tensor, path, span)) : std::nullopt;
}

const Definition* training_function(const Program& program, const ast::Ptr& value, const std::string& setting_name,
                                    size_t count, Diagnostics& diagnostics) {
  std::optional<WrittenCall> call = written_call(value);
  if (!call) {
    diagnostics.report(error("E0607", value->span, "`" + setting_name + "` takes a function by its name"));
    return nullptr;
  }
  const ast::DefinitionKind kinds[] = {ast::DefinitionKind::Function, ast::DefinitionKind::Activation};
  const Definition* definition = find_of_kind(program, call->word, kinds, word_of(kinds[0]), diagnostics);
  if (!definition || definition->tree->parameters.size() >= count) return definition;
  Diagnostic few =
      error("E0618", call->word.span, "`" + setting_name + "` gives its function " + std::to_string(count) + " values");
  few.labels = {{definition->tree->name.span, "this takes " + std::to_string(definition->tree->parameters.size())}};
  diagnostics.report(std::move(few));
  return nullptr;
}

}  // namespace dnnc
