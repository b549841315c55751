#include "compiler/sema/names/definition_text.h"

#include "compiler/sema/names/tree_walk.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

using VisitFormula = std::function<void(const ast::Ptr&)>;

void visit_binders(const std::vector<ast::Binder>& binders, const VisitFormula& visit) {
  for (const ast::Binder& binder : binders)
    if (binder.range) visit(binder.range);
}

void visit_sizes(const std::optional<std::vector<ast::Subscript>>& sizes, const VisitFormula& visit) {
  if (!sizes) return;
  for (const ast::Subscript& size : *sizes)
    if (const auto* formula = std::get_if<ast::Ptr>(&size)) visit(*formula);
}

void visit_groups(const std::vector<ast::Group>& groups, const VisitFormula& visit) {
  for (const ast::Group& group : groups) {
    if (const auto* type = group.type ? std::get_if<ast::ArrayType>(&group.type->kind) : nullptr) {
      visit_sizes(type->shape, visit);
      visit_sizes(type->second, visit);
    }
    visit(group.start);
  }
}

void visit_steps(const std::vector<ast::Step>& steps, const VisitFormula& visit) {
  for (const ast::Step& step : steps) {
    if (const auto* use = std::get_if<ast::Step::Use>(&step.kind); use && use->arguments)
      for (const ast::Argument& argument : *use->arguments) visit(argument.value);
    if (const auto* group = std::get_if<ast::Step::Group>(&step.kind)) visit_steps(group->steps, visit);
    if (step.repeat) visit(step.repeat);
  }
}

void uses_of_steps(const std::vector<ast::Step>& steps, const std::function<void(const WrittenUse&)>& visit) {
  static const std::vector<ast::Argument> none;
  for (const ast::Step& step : steps) {
    if (const auto* use = std::get_if<ast::Step::Use>(&step.kind))
      visit({use->word, use->arguments ? *use->arguments : none, 1});
    if (const auto* group = std::get_if<ast::Step::Group>(&step.kind)) uses_of_steps(group->steps, visit);
  }
}

}  // namespace

void for_each_formula(const ast::Statement& statement, const VisitFormula& visit) {
  std::visit(match{[&](const ast::ParamStatement& param) { visit_groups(param.groups, visit); },
                   [&](const ast::StateStatement& state) { visit_groups(state.groups, visit); },
                   [&](const ast::SharedStatement& shared) { visit_steps(shared.steps, visit); },
                   [&](const ast::ExpectStatement& expect) { visit(expect.condition); },
                   [&](const ast::BindStatement& bind) { visit(bind.value); },
                   [&](const ast::IndexedStatement& indexed) {
                     visit(indexed.value);
                     visit_binders(indexed.binders, visit);
                   },
                   [&](const ast::ResultStatement& result) {
                     for (const ast::Ptr& value : result.values) visit(value);
                   }},
             statement.kind);
}

void for_each_use(const ast::Statement& statement, const std::function<void(const WrittenUse&)>& visit) {
  if (const auto* shared = std::get_if<ast::SharedStatement>(&statement.kind)) uses_of_steps(shared->steps, visit);
  for_each_formula(statement, [&](const ast::Ptr& formula) {
    for_each_expression(formula, [&](const ast::Expression& part) {
      if (const auto* call = std::get_if<ast::Call>(&part.kind)) visit({call->function, call->arguments, 0});
      if (const auto* chain = std::get_if<ast::Chain>(&part.kind)) uses_of_steps(chain->steps, visit);
    });
  });
}

std::set<std::string> subscript_names(const ast::Ptr& subscript) {
  std::set<std::string> names;
  auto add = [&](const ast::Ptr& part) {
    std::set<std::string> inner = subscript_names(part);
    names.insert(inner.begin(), inner.end());
  };
  std::visit(match{[&](const ast::Name& name) { names.insert(name.text); },
                   [&](const ast::Unary& unary) { add(unary.operand); },
                   [&](const ast::Binary& binary) {
                     add(binary.left);
                     add(binary.right);
                   },
                   [&](const ast::Bracketed& bracketed) { add(bracketed.inner); },
                   [&](const ast::If& choice) {
                     add(choice.then);
                     add(choice.otherwise);
                   },
                   [](const auto&) {}},
             subscript->kind);
  return names;
}

}  // namespace dnnc
