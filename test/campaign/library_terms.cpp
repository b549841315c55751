#include "test/campaign/library_terms.h"

#include <set>

#include "compiler/library/library.h"
#include "compiler/sema/names/tree_walk.h"
#include "compiler/support/check.h"
#include "compiler/syntax/parse.h"

namespace dnnc::campaign {
namespace {

/// How names are used in a body.
struct Uses {
  std::set<std::string> steps, sizes, divisors;
  bool draws = false;
};

void note_steps(const std::vector<ast::Step>& steps, Uses& uses) {
  for (const ast::Step& step : steps)
    if (const auto* use = std::get_if<ast::Step::Use>(&step.kind)) uses.steps.insert(use->word.text);
}

void note_names(const ast::Ptr& expression, std::set<std::string>& into) {
  if (expression)
    for (const std::string& name : names_in(expression)) into.insert(name);
}

void note_shape(const std::optional<ast::Type>& type, Uses& uses) {
  if (!type) return;
  if (const auto* array = std::get_if<ast::ArrayType>(&type->kind); array && array->shape)
    for (const ast::Subscript& size : *array->shape)
      if (const auto* expression = std::get_if<ast::Ptr>(&size)) note_names(*expression, uses.sizes);
}

void note_expression(const ast::Ptr& root, Uses& uses) {
  if (!root) return;
  for_each_expression(root, [&](const ast::Expression& expression) {
    if (const auto* call = std::get_if<ast::Call>(&expression.kind)) {
      uses.steps.insert(call->function.text);
      for (const ast::Binder& binder : call->binders) note_names(binder.range, uses.sizes);
      for (const char* draw : {"uniform", "normal", "bernoulli"}) uses.draws |= call->function.text == draw;
    } else if (const auto* chain = std::get_if<ast::Chain>(&expression.kind)) {
      note_steps(chain->steps, uses);
    }
  });
}

void note_binding(const ast::BindStatement& bind, Uses& uses) {
  const auto* quotient = std::get_if<ast::Binary>(&bind.value->kind);
  if (!quotient || quotient->op != ast::BinaryOperator::Divide) return;
  const auto* left = std::get_if<ast::Name>(&quotient->left->kind);
  const auto* right = std::get_if<ast::Name>(&quotient->right->kind);
  if (left && right) uses.divisors.insert(right->text);
}

Uses uses_of(const ast::Definition& definition) {
  Uses uses;
  for (const ast::Statement& statement : definition.body) {
    if (const auto* params = std::get_if<ast::ParamStatement>(&statement.kind))
      for (const ast::Group& group : params->groups) note_shape(group.type, uses);
    if (const auto* states = std::get_if<ast::StateStatement>(&statement.kind))
      for (const ast::Group& group : states->groups) note_shape(group.type, uses);
    if (const auto* bind = std::get_if<ast::BindStatement>(&statement.kind)) {
      note_expression(bind->value, uses);
      note_binding(*bind, uses);
    }
    if (const auto* indexed = std::get_if<ast::IndexedStatement>(&statement.kind)) {
      note_expression(indexed->value, uses);
      for (const ast::Binder& binder : indexed->binders) note_names(binder.range, uses.sizes);
    }
    if (const auto* result = std::get_if<ast::ResultStatement>(&statement.kind))
      for (const ast::Ptr& value : result->values) note_expression(value, uses);
  }
  return uses;
}

bool recurs(const ast::Definition& definition) {
  std::vector<std::set<std::string>> read;
  for (const ast::Statement& statement : definition.body) {
    const auto* indexed = std::get_if<ast::IndexedStatement>(&statement.kind);
    if (!indexed) continue;
    read.push_back(names_in(indexed->value));
    for (const std::set<std::string>& names : read)
      if (names.count(indexed->name.text)) return true;
  }
  return false;
}

Role role_of(const ast::Parameter& parameter, const Uses& uses) {
  if (parameter.type) {
    if (std::holds_alternative<ast::SizesType>(parameter.type->kind)) return Role::Sizes;
    return std::holds_alternative<ast::ChoiceType>(parameter.type->kind) ? Role::Choice : Role::Value;
  }
  if (uses.steps.count(parameter.name.text)) return Role::Step;
  if (uses.divisors.count(parameter.name.text)) return Role::Divisor;
  if (uses.sizes.count(parameter.name.text)) return Role::Size;
  return parameter.standard && std::holds_alternative<ast::Boolean>(parameter.standard->kind) ? Role::Truth
                                                                                              : Role::Number;
}

Term term_of(const ast::Definition& definition, const std::string& file) {
  const Uses uses = uses_of(definition);
  Term term{definition.name.text, definition.kind, file, {}, uses.draws, recurs(definition)};
  for (const ast::Parameter& parameter : definition.parameters) {
    TermParameter made{parameter.name.text, role_of(parameter, uses), {}, {}, parameter.standard};
    if (made.role == Role::Value) made.type = std::get<ast::ArrayType>(parameter.type->kind);
    if (made.role == Role::Choice)
      for (const ast::Word& word : std::get<ast::ChoiceType>(parameter.type->kind).choices)
        made.choices.push_back(word.text);
    term.parameters.push_back(std::move(made));
  }
  return term;
}

std::vector<Term> read_library() {
  Sources sources;
  Diagnostics diagnostics(sources);
  std::vector<Term> terms;
  for (const EmbeddedText& text : library_files()) {
    const std::optional<ast::File> file = parse(sources.add(text.name, text.text), diagnostics);
    check(file.has_value(), std::string("campaign: cannot read the library's ") + text.name);
    for (const ast::Declaration& declaration : file->declarations)
      if (const auto* definition = std::get_if<ast::Definition>(&declaration.kind))
        terms.push_back(term_of(*definition, text.name));
  }
  return terms;
}

}  // namespace

bool Term::scalar() const {
  for (const TermParameter& parameter : parameters)
    if (parameter.role != Role::Number) return false;
  return true;
}

bool takes_axes(const std::optional<std::vector<ast::Subscript>>& declared, size_t axes) {
  size_t named = 0;
  bool open = false;
  if (declared)
    for (const ast::Subscript& size : *declared) {
      const bool ellipsis = std::holds_alternative<ast::Ellipsis>(size);
      open |= ellipsis;
      named += !ellipsis;
    }
  return open ? axes >= named : axes == named;
}

const std::vector<Term>& library_terms() {
  static const std::vector<Term> terms = read_library();
  return terms;
}

std::vector<Term> library_terms(ast::DefinitionKind kind) {
  std::vector<Term> terms;
  for (const Term& term : library_terms())
    if (term.kind == kind) terms.push_back(term);
  return terms;
}

}  // namespace dnnc::campaign
