#include <algorithm>

#include "compiler/sema/names/builtin.h"
#include "compiler/sema/names/definition_text.h"
#include "compiler/sema/names/program.h"
#include "compiler/sema/names/tree_walk.h"
#include "compiler/support/match.h"
#include "compiler/syntax/keywords.h"

namespace dnnc {
namespace {

using Names = std::set<std::string>;

/// Size variables in the order in which they are bound, `...` among them.
void find_sizes(Definition& definition) {
  Names earlier, known;
  bool net = definition.kind() == ast::DefinitionKind::Net;
  auto add = [&](const std::string& name) {
    if (known.insert(name).second) definition.sizes.push_back(name);
  };
  auto add_shape = [&](const std::optional<std::vector<ast::Subscript>>& shape) {
    if (!shape) return;
    for (const ast::Subscript& size : *shape) {
      const auto* formula = std::get_if<ast::Ptr>(&size);
      const auto* name = formula ? std::get_if<ast::Name>(&(*formula)->kind) : nullptr;
      if (!formula) add("...");
      if (name && !earlier.contains(name->text) && !(net && find_constant(*definition.module, name->text)))
        add(name->text);
    }
  };
  for (const ast::Parameter& parameter : definition.tree->parameters) {
    if (const auto* array = parameter.type ? std::get_if<ast::ArrayType>(&parameter.type->kind) : nullptr) {
      add_shape(array->shape);
      add_shape(array->second);
    }
    if (const auto* sizes = parameter.type ? std::get_if<ast::SizesType>(&parameter.type->kind) : nullptr)
      for (const ast::Word& word : sizes->sizes) add(word.text);
    earlier.insert(parameter.name.text);
  }
}

std::vector<ast::Word> defined_names(const ast::Statement& statement) {
  return std::visit(match{[](const ast::ParamStatement& param) {
                            std::vector<ast::Word> names;
                            for (const ast::Group& group : param.groups)
                              names.insert(names.end(), group.names.begin(), group.names.end());
                            return names;
                          },
                          [](const ast::StateStatement& state) {
                            std::vector<ast::Word> names;
                            for (const ast::Group& group : state.groups)
                              names.insert(names.end(), group.names.begin(), group.names.end());
                            return names;
                          },
                          [](const ast::SharedStatement& shared) { return std::vector<ast::Word>{shared.name}; },
                          [](const ast::BindStatement& bind) { return bind.names; },
                          [](const ast::IndexedStatement& indexed) { return std::vector<ast::Word>{indexed.name}; },
                          [](const auto&) { return std::vector<ast::Word>{}; }},
                    statement.kind);
}

void find_locals(Definition& definition) {
  for (size_t place = 0; place < definition.tree->body.size(); ++place)
    for (const ast::Word& name : defined_names(definition.tree->body[place]))
      definition.locals.try_emplace(name.text, place);
}

/// Parameters, size variables, and what the body defines.
Names own_names(const Definition& definition) {
  Names names(definition.sizes.begin(), definition.sizes.end());
  for (const ast::Parameter& parameter : definition.tree->parameters) names.insert(parameter.name.text);
  for (const auto& [name, place] : definition.locals) names.insert(name);
  return names;
}

/// Parameters that may be steps.
Names untyped_parameters(const Definition& definition) {
  Names names;
  for (const ast::Parameter& parameter : definition.tree->parameters)
    if (!parameter.type) names.insert(parameter.name.text);
  return names;
}

/// What stands on the left, after `for`, or in a subscript without another meaning.
void find_indices(Definition& definition) {
  const Names own = own_names(definition);
  auto add = [&](const std::string& name, bool subscript) {
    bool other = own.contains(name) || (subscript && find_constant(*definition.module, name));
    if (!other && name != "...") definition.indices.insert(name);
  };
  auto look = [&](const ast::Ptr& formula) {
    for_each_expression(formula, [&](const ast::Expression& part) {
      if (const auto* call = std::get_if<ast::Call>(&part.kind))
        for (const ast::Binder& binder : call->binders) add(binder.index.text, false);
      const auto* element = std::get_if<ast::Element>(&part.kind);
      if (!element) return;
      for (const ast::Subscript& subscript : element->subscripts)
        if (const auto* at = std::get_if<ast::Ptr>(&subscript))
          for (const std::string& name : subscript_names(*at)) add(name, true);
    });
  };
  for (const ast::Statement& statement : definition.tree->body) {
    if (const auto* indexed = std::get_if<ast::IndexedStatement>(&statement.kind))
      for (const ast::Word& index : indexed->indices) add(index.text, false);
    if (const auto* indexed = std::get_if<ast::IndexedStatement>(&statement.kind))
      for (const ast::Binder& binder : indexed->binders) add(binder.index.text, false);
    for_each_formula(statement, look);
  }
}

/// A default that is a step: `act = relu`, `act = leaky_relu(alpha: 0.2)`, `inner = dense(3) -> relu`.
bool is_step(const Definition& definition, const Names& own, const ast::Ptr& standard) {
  if (std::holds_alternative<ast::Chain>(standard->kind)) return true;
  if (const auto* bracketed = std::get_if<ast::Bracketed>(&standard->kind))
    return is_step(definition, own, bracketed->inner);
  if (const auto* name = std::get_if<ast::Name>(&standard->kind)) {
    if (own.contains(name->text) || find_constant(*definition.module, name->text)) return false;
    const BuiltIn* row = find_built_in(name->text);
    return find_definition(*definition.module, name->text) || (row && row->kind != BuiltIn::Kind::Constant);
  }
  const auto* call = std::get_if<ast::Call>(&standard->kind);
  if (!call) return false;
  const Definition* callee = find_definition(*definition.module, call->function.text);
  const BuiltIn* built_in = find_built_in(call->function.text);
  if (!callee) return built_in && takes_step(*built_in, call->arguments.size());
  size_t required = 0;
  for (const ast::Parameter& parameter : callee->tree->parameters) required += parameter.standard ? 0 : 1;
  bool layer = callee->kind() == ast::DefinitionKind::Layer || callee->kind() == ast::DefinitionKind::Net;
  return layer || call->arguments.size() < required || (!call->arguments.empty() && call->arguments[0].name);
}

void find_steps(Definition& definition) {
  const Names own = own_names(definition), untyped = untyped_parameters(definition);
  for (const ast::Parameter& parameter : definition.tree->parameters)
    if (!parameter.type && parameter.standard && is_step(definition, own, parameter.standard))
      definition.steps.insert(parameter.name.text);
  for (const ast::Statement& statement : definition.tree->body)
    for_each_use(statement, [&](const WrittenUse& use) {
      if (untyped.contains(use.callee.text)) definition.steps.insert(use.callee.text);
    });
}

bool is_number_type(const ast::Type& type) {
  const auto* array = std::get_if<ast::ArrayType>(&type.kind);
  return array && !array->shape && !is_called(*array, TypeWord::Label);
}

bool takes_numbers_only(const Definition& definition) {
  ast::DefinitionKind kind = definition.kind();
  bool formula = kind == ast::DefinitionKind::Function || kind == ast::DefinitionKind::Activation ||
                 kind == ast::DefinitionKind::Loss || kind == ast::DefinitionKind::Metric;
  return formula && std::ranges::all_of(definition.tree->parameters, [&](const ast::Parameter& parameter) {
           return parameter.type ? is_number_type(*parameter.type) : !definition.steps.contains(parameter.name.text);
         });
}

/// Whether a definition takes that argument, by its name or its place, as a step.
bool is_step_of(const Definition& callee, const ast::Argument& argument, size_t place) {
  const std::vector<ast::Parameter>& parameters = callee.tree->parameters;
  const std::string given = argument.name               ? argument.name->text
                            : place < parameters.size() ? parameters[place].name.text
                                                        : "";
  return callee.steps.contains(given);
}

/// A parameter that is given on to one that is a step is one too.
bool add_passed_step(Definition& definition, const Names& own, const Names& untyped, const WrittenUse& use) {
  if (own.contains(use.callee.text)) return false;
  const Definition* callee = find_definition(*definition.module, use.callee.text);
  const BuiltIn* built_in = callee ? nullptr : find_built_in(use.callee.text);
  if (!callee && !built_in) return false;
  bool changed = false;
  for (size_t place = 0; place < use.arguments.size(); ++place) {
    const ast::Argument& argument = use.arguments[place];
    const auto* name = std::get_if<ast::Name>(&argument.value->kind);
    if (!name || !untyped.contains(name->text)) continue;
    const bool step =
        built_in ? takes_step(*built_in, place + use.open) : is_step_of(*callee, argument, place + use.open);
    if (!step) continue;
    changed = definition.steps.insert(name->text).second || changed;
  }
  return changed;
}

bool add_passed_steps(Definition& definition) {
  const Names own = own_names(definition), untyped = untyped_parameters(definition);
  bool changed = false;
  for (const ast::Statement& statement : definition.tree->body)
    for_each_use(statement,
                 [&](const WrittenUse& use) { changed = add_passed_step(definition, own, untyped, use) || changed; });
  return changed;
}

}  // namespace

void find_names(Program& program) {
  std::vector<Definition*> all;
  for (const auto& module : program.modules)
    for (const auto& [name, definition] : module->definitions) all.push_back(definition.get());
  for (Definition* definition : all) {
    find_sizes(*definition);
    find_locals(*definition);
    find_indices(*definition);
    find_steps(*definition);
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (Definition* definition : all) changed = add_passed_steps(*definition) || changed;
  }
  for (Definition* definition : all) definition->of_numbers = takes_numbers_only(*definition);
}

std::vector<ast::Word> names_defined_by(const ast::Statement& statement) { return defined_names(statement); }

}  // namespace dnnc
