#include "compiler/sema/names/tree_walk.h"

#include "compiler/sema/names/builtin.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

using VisitExpression = std::function<void(const ast::Expression&)>;

void walk_arguments(const std::vector<ast::Argument>& arguments, const VisitExpression& visit) {
  for (const ast::Argument& argument : arguments) for_each_expression(argument.value, visit);
}

void walk_binders(const std::vector<ast::Binder>& binders, const VisitExpression& visit) {
  for (const ast::Binder& binder : binders)
    if (binder.range) for_each_expression(binder.range, visit);
}

void for_each_step(const std::vector<ast::Step>& steps, const std::function<void(const ast::Step&)>& visit) {
  for (const ast::Step& step : steps) {
    visit(step);
    if (const auto* group = std::get_if<ast::Step::Group>(&step.kind)) for_each_step(group->steps, visit);
  }
}

void walk_step(const ast::Step& step, const VisitExpression& visit) {
  std::visit(match{
                 [&](const ast::Step::Use& use) {
                   if (use.arguments) walk_arguments(*use.arguments, visit);
                 },
                 [](const ast::Step::Group&) {},
                 [&](const ast::Step::Value& value) { for_each_expression(value.value, visit); },
             },
             step.kind);
  if (step.repeat) for_each_expression(step.repeat, visit);
}

void walk_children(const ast::Expression& expression, const VisitExpression& visit) {
  std::visit(match{
                 [](const ast::Number&) {},
                 [](const ast::Percent&) {},
                 [](const ast::Sizes&) {},
                 [](const ast::String&) {},
                 [](const ast::Boolean&) {},
                 [](const ast::Name&) {},
                 [&](const ast::List& list) {
                   for (const ast::Ptr& item : list.items) for_each_expression(item, visit);
                 },
                 [&](const ast::Unary& unary) { for_each_expression(unary.operand, visit); },
                 [&](const ast::Binary& binary) {
                   for_each_expression(binary.left, visit);
                   for_each_expression(binary.right, visit);
                 },
                 [&](const ast::If& choice) {
                   for_each_expression(choice.condition, visit);
                   for_each_expression(choice.then, visit);
                   for_each_expression(choice.otherwise, visit);
                 },
                 [&](const ast::Call& call) {
                   walk_arguments(call.arguments, visit);
                   walk_binders(call.binders, visit);
                 },
                 [&](const ast::Element& element) {
                   for_each_expression(element.array, visit);
                   for (const ast::Subscript& subscript : element.subscripts)
                     if (const auto* at = std::get_if<ast::Ptr>(&subscript)) for_each_expression(*at, visit);
                   if (element.otherwise) for_each_expression(element.otherwise, visit);
                 },
                 [&](const ast::Member& member) { for_each_expression(member.object, visit); },
                 [&](const ast::Chain& chain) {
                   for_each_expression(chain.input, visit);
                   for_each_step(chain.steps, [&](const ast::Step& step) { walk_step(step, visit); });
                 },
                 [&](const ast::Bracketed& bracketed) { for_each_expression(bracketed.inner, visit); },
             },
             expression.kind);
}

std::set<std::string> subscript_names_in(const ast::Ptr& root) {
  std::set<std::string> names;
  for_each_expression(root, [&](const ast::Expression& expression) {
    const auto* element = std::get_if<ast::Element>(&expression.kind);
    if (!element) return;
    for (const ast::Subscript& subscript : element->subscripts)
      if (const auto* at = std::get_if<ast::Ptr>(&subscript)) names.merge(names_in(*at));
  });
  return names;
}

void add_step_names(const std::vector<ast::Step>& steps, std::set<std::string>& names) {
  for_each_step(steps, [&](const ast::Step& step) {
    if (const auto* use = std::get_if<ast::Step::Use>(&step.kind)) names.insert(use->word.text);
  });
}

using Change = std::function<ast::Ptr(const ast::Ptr&)>;

void replace_in_steps(std::vector<ast::Step>& steps, const std::function<void(ast::Ptr&)>& replace) {
  for (ast::Step& step : steps) {
    if (auto* use = std::get_if<ast::Step::Use>(&step.kind); use && use->arguments)
      for (ast::Argument& argument : *use->arguments) replace(argument.value);
    if (auto* group = std::get_if<ast::Step::Group>(&step.kind)) replace_in_steps(group->steps, replace);
    if (auto* value = std::get_if<ast::Step::Value>(&step.kind)) replace(value->value);
    replace(step.repeat);
  }
}

void replace_children(ast::Expression& expression, const Change& change) {
  auto replace = [&](ast::Ptr& child) {
    if (child) child = replace_expressions(child, change);
  };
  std::visit(match{
                 [](ast::Number&) {},
                 [](ast::Percent&) {},
                 [](ast::Sizes&) {},
                 [](ast::String&) {},
                 [](ast::Boolean&) {},
                 [](ast::Name&) {},
                 [](ast::Member&) {},
                 [&](ast::List& list) {
                   for (ast::Ptr& item : list.items) replace(item);
                 },
                 [&](ast::Unary& unary) { replace(unary.operand); },
                 [&](ast::Binary& binary) {
                   replace(binary.left);
                   replace(binary.right);
                 },
                 [&](ast::If& choice) {
                   replace(choice.condition);
                   replace(choice.then);
                   replace(choice.otherwise);
                 },
                 [&](ast::Call& call) {
                   for (ast::Argument& argument : call.arguments) replace(argument.value);
                 },
                 [&](ast::Element& element) {
                   replace(element.array);
                   for (ast::Subscript& subscript : element.subscripts)
                     if (auto* at = std::get_if<ast::Ptr>(&subscript)) replace(*at);
                   replace(element.otherwise);
                 },
                 [&](ast::Chain& chain) {
                   replace(chain.input);
                   replace_in_steps(chain.steps, replace);
                 },
                 [&](ast::Bracketed& bracketed) { replace(bracketed.inner); },
             },
             expression.kind);
}

}  // namespace

void for_each_expression(const ast::Ptr& root, const VisitExpression& visit) {
  visit(*root);
  walk_children(*root, visit);
}

std::set<std::string> names_in(const ast::Ptr& root) {
  std::set<std::string> names;
  for_each_expression(root, [&](const ast::Expression& expression) {
    if (const auto* name = std::get_if<ast::Name>(&expression.kind)) names.insert(name->text);
    if (const auto* call = std::get_if<ast::Call>(&expression.kind)) names.insert(call->function.text);
    if (const auto* chain = std::get_if<ast::Chain>(&expression.kind)) add_step_names(chain->steps, names);
  });
  return names;
}

Span place_of_name(const ast::Ptr& root, const std::string& name) {
  std::optional<Span> place;
  for_each_expression(root, [&](const ast::Expression& expression) {
    const auto* read = std::get_if<ast::Name>(&expression.kind);
    if (read && read->text == name && (!place || expression.span.begin < place->begin)) place = expression.span;
  });
  return place.value_or(root->span);
}

std::set<std::string> index_names_in(const ast::Ptr& root) {
  std::set<std::string> names;
  for_each_expression(root, [&](const ast::Expression& expression) {
    const auto* call = std::get_if<ast::Call>(&expression.kind);
    if (!call) return;
    for (const ast::Binder& binder : call->binders) names.insert(binder.index.text);
    const BuiltIn* built_in = find_built_in(call->function.text);
    bool reduces = built_in && (built_in->kind == BuiltIn::Kind::Reduction || built_in->kind == BuiltIn::Kind::Either);
    if (reduces && call->arguments.size() == 1) names.merge(subscript_names_in(call->arguments.front().value));
  });
  return names;
}

ast::Ptr replace_expressions(const ast::Ptr& root, const Change& change) {
  if (ast::Ptr changed = change(root)) return changed;
  auto copy = std::make_shared<ast::Expression>(*root);
  replace_children(*copy, change);
  return copy;
}

}  // namespace dnnc
