#include <algorithm>

#include "compiler/sema/names/builtin.h"
#include "compiler/sema/names/number.h"
#include "compiler/sema/names/program.h"
#include "compiler/sema/names/unknown_word.h"
#include "compiler/syntax/parse.h"

namespace dnnc {
namespace {

/// The definition that is called, also by a word that means nothing and is nearly its name.
const Definition* callee_of(const Module& module, const std::string& name) {
  if (const Definition* definition = find_definition(module, name)) return definition;
  if (find_built_in(name)) return nullptr;
  std::vector<std::string> names;
  for (const auto& [word, definition] : module.seen_definitions) names.push_back(word);
  const std::optional<std::string> meant = meant_word(name, names);
  return meant ? find_definition(module, *meant) : nullptr;
}

void check_argument(const ast::AssignedArgument& assigned, const Module& module, Diagnostics& diagnostics) {
  const ast::Argument& argument = assigned.argument;
  const Definition* callee = callee_of(module, assigned.callee.text);
  if (!callee) {
    if (!find_built_in(assigned.callee.text)) return report_assigned({assigned}, diagnostics);
    // It takes its arguments by place.
    return diagnostics.report(
        with_replacement(error("E0113", argument.sign, "`=` does not compare", "write `==`"), argument.sign, "=="));
  }
  const std::vector<ast::Parameter>& parameters = callee->tree->parameters;
  std::vector<std::string> names;
  for (const ast::Parameter& parameter : parameters) names.push_back(parameter.name.text);
  const bool known = std::ranges::count(names, argument.name->text) > 0;
  const std::optional<std::string> meant = known ? argument.name->text : meant_word(argument.name->text, names);
  if (meant) {
    const ast::Parameter& parameter = parameters[size_t(std::ranges::find(names, *meant) - names.begin())];
    const std::string value = value_without_quotes(*callee, module, parameter, argument.value, diagnostics.sources());
    return diagnostics.report(assigned_argument(argument, *meant, value));
  }
  Diagnostic diagnostic = error("E0113", argument.sign, "a named argument is written with `:`");
  diagnostic.help = "`" + callee->name() + "` has no parameter `" + argument.name->text + "`: it is defined as " +
                    signature_of(*callee, diagnostics.sources());
  diagnostics.report(std::move(diagnostic));
}

}  // namespace

std::string value_without_quotes(const Definition& callee, const Module& module, const ast::Parameter& parameter,
                                 const ast::Ptr& value, const Sources& sources) {
  if (const auto* text = std::get_if<ast::String>(&value->kind)) {
    const auto* choice = parameter.type ? std::get_if<ast::ChoiceType>(&parameter.type->kind) : nullptr;
    const bool offered = choice && std::ranges::count(choice->choices, text->value, &ast::Word::text) > 0;
    const bool takes_step = callee.steps.contains(parameter.name.text);
    const bool step = takes_step && (find_definition(module, text->value) || find_built_in(text->value));
    const bool number = !choice && !takes_step && is_literal(text->value);
    if (offered || step || number) return text->value;
  }
  return sources.line_of(value->span);
}

void check_assigned_arguments(const Program& program, Diagnostics& diagnostics) {
  for (const auto& module : program.modules)
    for (const ast::AssignedArgument& argument : module->file->assigned) check_argument(argument, *module, diagnostics);
}

}  // namespace dnnc
