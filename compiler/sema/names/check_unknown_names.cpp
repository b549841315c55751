#include <algorithm>

#include "compiler/sema/names/builtin.h"
#include "compiler/sema/names/definition_text.h"
#include "compiler/sema/names/tree_walk.h"
#include "compiler/sema/names/unknown_names.h"
#include "compiler/sema/names/unknown_word.h"

namespace dnnc {
namespace {

/// Parts of a text in order, without overlaps.
class Parts {
 public:
  void add(Span span) { spans_.push_back(span); }
  void sort() {
    std::ranges::sort(spans_, {}, &Span::begin);
    std::vector<Span> merged;
    for (const Span& span : spans_) {
      if (!merged.empty() && span.begin < merged.back().end) merged.back().end = std::max(merged.back().end, span.end);
      else merged.push_back(span);
    }
    spans_ = std::move(merged);
  }
  bool contain(Span span) const {
    auto after = std::ranges::upper_bound(spans_, span.begin, {}, &Span::begin);
    return after != spans_.begin() && span.end <= std::prev(after)->end;
  }

 private:
  std::vector<Span> spans_;
};

/// Parameters, the words that they offer, and size variables.
std::set<std::string> names_of_header(const Definition& definition) {
  std::set<std::string> names(definition.sizes.begin(), definition.sizes.end());
  for (const ast::Parameter& parameter : definition.tree->parameters) {
    names.insert(parameter.name.text);
    const auto* choice = parameter.type ? std::get_if<ast::ChoiceType>(&parameter.type->kind) : nullptr;
    if (!choice) continue;
    for (const ast::Word& word : choice->choices) names.insert(word.text);
  }
  return names;
}

/// Whatever is not of the header.
bool means_something(const Definition& definition, const std::string& name) {
  return definition.locals.contains(name) || definition.indices.contains(name) ||
         means_something(*definition.module, name);
}

void add_arguments(const std::vector<ast::Argument>& arguments, Parts& parts) {
  for (const ast::Argument& argument : arguments)
    if (std::holds_alternative<ast::Name>(argument.value->kind)) parts.add(argument.value->span);
}

/// The parameters that are one of some words.
std::set<std::string> choices_of(const Definition& definition) {
  std::set<std::string> names;
  for (const ast::Parameter& parameter : definition.tree->parameters)
    if (parameter.type && std::holds_alternative<ast::ChoiceType>(parameter.type->kind))
      names.insert(parameter.name.text);
  return names;
}

/// What is compared with a parameter that is one of some words: a word that it is not is told from a name by its use.
void add_compared(const ast::Binary& binary, const std::set<std::string>& choices, Parts& parts) {
  if (binary.op != ast::BinaryOperator::Equal && binary.op != ast::BinaryOperator::Unequal) return;
  const auto is_choice = [&](const ast::Ptr& side) {
    const auto* name = std::get_if<ast::Name>(&side->kind);
    return name && choices.contains(name->text);
  };
  if (is_choice(binary.left)) parts.add(binary.right->span);
  if (is_choice(binary.right)) parts.add(binary.left->span);
}

/// What is looked at only when the text is used.
Parts parts_for_later(const ast::Body& body, const std::set<std::string>& choices) {
  Parts parts;
  for (const ast::Statement& statement : body) {
    for_each_formula(statement, [&](const ast::Ptr& formula) {
      for_each_expression(formula, [&](const ast::Expression& part) {
        const auto* choice = std::get_if<ast::If>(&part.kind);
        if (choice) parts.add(choice->then->span), parts.add(choice->otherwise->span);
        if (const auto* binary = std::get_if<ast::Binary>(&part.kind)) add_compared(*binary, choices, parts);
        if (std::holds_alternative<ast::Member>(part.kind)) parts.add(part.span);
      });
    });
    for_each_use(statement, [&](const WrittenUse& use) { add_arguments(use.arguments, parts); });
  }
  parts.sort();
  return parts;
}

std::vector<std::string> known_names(const Definition& definition) {
  std::vector<std::string> known = visible_names(*definition.module);
  for (const ast::Parameter& parameter : definition.tree->parameters) known.push_back(parameter.name.text);
  for (const auto& [name, place] : definition.locals) known.push_back(name);
  known.insert(known.end(), definition.sizes.begin(), definition.sizes.end());
  return known;
}

}  // namespace

bool means_something(const Module& module, const std::string& name) {
  return find_definition(module, name) || find_constant(module, name) || find_built_in(name);
}

void for_each_name(const ast::Body& body, const std::set<std::string>& choices, const NameVisitor& visit) {
  Parts later = parts_for_later(body, choices);
  auto look_now = [&](const ast::Word& word, bool called) {
    if (!later.contain(word.span)) visit(word, called);
  };
  for (const ast::Statement& statement : body) {
    for_each_use(statement, [&](const WrittenUse& use) { look_now(use.callee, true); });
    for_each_formula(statement, [&](const ast::Ptr& formula) {
      for_each_expression(formula, [&](const ast::Expression& part) {
        if (const auto* name = std::get_if<ast::Name>(&part.kind)) look_now({name->text, part.span}, false);
      });
    });
  }
}

void check_unknown_names(const Definition& definition, Diagnostics& diagnostics) {
  const std::set<std::string> header = names_of_header(definition);
  for_each_name(definition.tree->body, choices_of(definition), [&](const ast::Word& word, bool) {
    if (header.contains(word.text) || means_something(definition, word.text)) return;
    diagnostics.report(undefined_name(word.text, word.span, diagnostics, [&] { return known_names(definition); }));
  });
}

}  // namespace dnnc
