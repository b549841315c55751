#include <algorithm>

#include "compiler/sema/elaborate/evaluate.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

using Visit = std::function<bool(const ast::Expression&)>;

void visit_arguments(Context& context, const std::vector<ast::Argument>& arguments, const Visit& visit) {
  for (const ast::Argument& argument : arguments) for_each_live(context, argument.value, visit);
}

void visit_steps(Context& context, const std::vector<ast::Step>& steps, const Visit& visit) {
  for (const ast::Step& step : steps) {
    if (const auto* use = std::get_if<ast::Step::Use>(&step.kind))
      if (use->arguments) visit_arguments(context, *use->arguments, visit);
    if (const auto* group = std::get_if<ast::Step::Group>(&step.kind)) visit_steps(context, group->steps, visit);
  }
}

void visit_if(Context& context, const ast::If& choice, const Visit& visit) {
  if (std::optional<Number> condition = try_constant(context, choice.condition))
    return for_each_live(context, is_true(*condition) ? choice.then : choice.otherwise, visit);
  for (const ast::Ptr& part : {choice.condition, choice.then, choice.otherwise}) for_each_live(context, part, visit);
}

void visit_element(Context& context, const ast::Element& element, const Visit& visit) {
  for_each_live(context, element.array, visit);
  for (const ast::Subscript& subscript : element.subscripts)
    if (const auto* at = std::get_if<ast::Ptr>(&subscript)) for_each_live(context, *at, visit);
  if (element.otherwise) for_each_live(context, element.otherwise, visit);
}

void visit_children(Context& context, const ast::Expression& formula, const Visit& visit) {
  std::visit(match{[&](const ast::List& list) {
                     for (const ast::Ptr& item : list.items) for_each_live(context, item, visit);
                   },
                   [&](const ast::Unary& unary) { for_each_live(context, unary.operand, visit); },
                   [&](const ast::Binary& binary) {
                     for_each_live(context, binary.left, visit);
                     for_each_live(context, binary.right, visit);
                   },
                   [&](const ast::If& choice) { visit_if(context, choice, visit); },
                   [&](const ast::Call& call) {
                     visit_arguments(context, call.arguments, visit);
                     for (const ast::Binder& binder : call.binders)
                       if (binder.range) for_each_live(context, binder.range, visit);
                   },
                   [&](const ast::Element& element) { visit_element(context, element, visit); },
                   [&](const ast::Member& member) { for_each_live(context, member.object, visit); },
                   [&](const ast::Chain& chain) {
                     for_each_live(context, chain.input, visit);
                     visit_steps(context, chain.steps, visit);
                   },
                   [&](const ast::Bracketed& bracketed) { for_each_live(context, bracketed.inner, visit); },
                   [](const auto&) {}},
             formula.kind);
}

/// Collects each index once.
struct Occurrences {
  const Context& context;
  std::vector<ast::Word> words;

  void add(const std::string& name, Span span) {
    bool known = std::ranges::any_of(words, [&](const ast::Word& word) { return word.text == name; });
    if (!known) words.push_back({name, span});
  }
  void add_of(const ast::Expression& part) {
    if (const auto* name = std::get_if<ast::Name>(&part.kind))
      if (context.scope->indices.contains(name->text) && !context.bound.contains(name->text))
        add(name->text, part.span);
    const auto* element = std::get_if<ast::Element>(&part.kind);
    for (size_t place = 0; element && place < element->subscripts.size(); ++place)
      if (std::holds_alternative<ast::Ellipsis>(element->subscripts[place]) && !context.ellipsis)
        add("...", element->subscript_spans[place]);
  }
};

}  // namespace

const BuiltIn* reduction_of(const Context& context, const ast::Call& call) {
  const std::string& name = call.function.text;
  const Scope& scope = *context.scope;
  if (scope.names.contains(name) || find_definition(*scope.module, name)) return nullptr;
  if (scope.definition && scope.definition->locals.contains(name)) return nullptr;
  const BuiltIn* row = find_built_in(name);
  if (!row) return nullptr;
  bool reduces = row->kind == BuiltIn::Kind::Reduction ||
                 (row->kind == BuiltIn::Kind::Either && (call.arguments.size() == 1 || !call.binders.empty()));
  return reduces ? row : nullptr;
}

void for_each_live(Context& context, const ast::Ptr& formula, const Visit& visit) {
  if (!spend(context.elaboration, formula->span)) return;
  if (visit(*formula)) visit_children(context, *formula, visit);
}

std::vector<ast::Word> unbound_indices(Context& context, const ast::Ptr& formula) {
  Occurrences occurrences{context, {}};
  for_each_live(context, formula, [&](const ast::Expression& part) {
    const auto* call = std::get_if<ast::Call>(&part.kind);
    if (call && reduction_of(context, *call)) return false;
    occurrences.add_of(part);
    return true;
  });
  return occurrences.words;
}

const std::string* index_name(const Context& context, const ast::Ptr& formula) {
  if (const auto* bracketed = std::get_if<ast::Bracketed>(&formula->kind)) return index_name(context, bracketed->inner);
  const auto* name = std::get_if<ast::Name>(&formula->kind);
  return name && context.scope->indices.contains(name->text) ? &name->text : nullptr;
}

Context bind_indices(const Context& context, const std::vector<ast::Word>& indices, const Ranges& ranges,
                     std::vector<IndexId>& ids) {
  Context inner = context;
  Elaboration& elaboration = context.elaboration;
  for (const ast::Word& word : indices) {
    std::vector<IndexId> own;
    if (word.text == "...") {
      for (int64_t extent : *ranges.ellipsis)
        own.push_back(new_index(elaboration, "e" + std::to_string(own.size() + 1), extent));
      inner.ellipsis = own;
    } else {
      own.push_back(new_index(elaboration, word.text, ranges.extents.at(word.text)));
      inner.bound[word.text] = own[0];
    }
    ids.insert(ids.end(), own.begin(), own.end());
    inner.order.insert(inner.order.end(), own.begin(), own.end());
  }
  inner.indexed = true;
  return inner;
}

}  // namespace dnnc
