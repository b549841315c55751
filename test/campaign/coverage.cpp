#include "test/campaign/coverage.h"

#include <fmt/core.h>

#include <vector>

#include "compiler/sema/names/tree_walk.h"
#include "compiler/support/match.h"
#include "compiler/syntax/keywords.h"
#include "compiler/syntax/operators.h"
#include "test/campaign/library_terms.h"

namespace dnnc::campaign {
namespace {

using Seen = std::set<std::string>;

bool in_library(const std::string& name) {
  for (const Term& term : library_terms())
    if (term.name == name) return true;
  return false;
}

/// How an expression is called as one side of a pair; empty for what is no operator or function.
std::string label_of(const ast::Expression& expression) {
  if (const auto* binary = std::get_if<ast::Binary>(&expression.kind)) return text_of(binary->op);
  if (const auto* unary = std::get_if<ast::Unary>(&expression.kind))
    return unary->op == ast::UnaryOperator::Negate ? "neg" : "not";
  if (std::holds_alternative<ast::If>(expression.kind)) return "if";
  const auto* call = std::get_if<ast::Call>(&expression.kind);
  return call && call->function.text.find_first_of("0123456789") == std::string::npos ? call->function.text : "";
}

std::vector<ast::Ptr> operands_of(const ast::Expression& expression) {
  return std::visit(
      match{
          [](const ast::Binary& binary) { return std::vector{binary.left, binary.right}; },
          [](const ast::Unary& unary) { return std::vector{unary.operand}; },
          [](const ast::If& choice) { return std::vector{choice.condition, choice.then, choice.otherwise}; },
          [](const ast::Call& call) {
            std::vector<ast::Ptr> operands;
            for (const ast::Argument& argument : call.arguments) operands.push_back(argument.value);
            return operands;
          },
          [](const auto&) { return std::vector<ast::Ptr>{}; },
      },
      expression.kind);
}

void note_pairs(const ast::Expression& expression, Seen& seen) {
  const std::string outer = label_of(expression);
  if (outer.empty()) return;
  for (ast::Ptr operand : operands_of(expression)) {
    while (const auto* brackets = std::get_if<ast::Bracketed>(&operand->kind)) operand = brackets->inner;
    if (const std::string inner = label_of(*operand); !inner.empty()) seen.insert("pair " + outer + " " + inner);
  }
}

void note_steps(const std::vector<ast::Step>& steps, Seen& seen) {
  std::string before;
  for (const ast::Step& step : steps) {
    if (const auto* group = std::get_if<ast::Step::Group>(&step.kind)) note_steps(group->steps, seen);
    const auto* use = std::get_if<ast::Step::Use>(&step.kind);
    const std::string name = use && in_library(use->word.text) ? use->word.text : "";
    if (!name.empty()) seen.insert("definition " + name);
    if (!before.empty() && !name.empty()) seen.insert("steps " + before + " " + name);
    if (step.repeat) seen.insert("feature repeated step");
    if (step.as) seen.insert("feature named step");
    before = name;
  }
}

void note_expression(const ast::Ptr& root, Seen& seen) {
  if (!root) return;
  for (const std::string& name : names_in(root)) {
    if (in_library(name)) seen.insert("definition " + name);
    if (name == "standardize") seen.insert("feature standardize");
    if (name == "training" || name == "batch_mean" || name == "stop_gradient") seen.insert("feature " + name);
    if (name == "bernoulli" || name == "normal" || name == "uniform") seen.insert("feature draw " + name);
  }
  for_each_expression(root, [&](const ast::Expression& expression) {
    note_pairs(expression, seen);
    if (const auto* chain = std::get_if<ast::Chain>(&expression.kind)) note_steps(chain->steps, seen);
    if (const auto* element = std::get_if<ast::Element>(&expression.kind); element && element->otherwise)
      seen.insert("feature else outside");
  });
}

void note_body(const ast::Body& body, Seen& seen) {
  for (const ast::Statement& statement : body)
    std::visit(match{
                   [&](const ast::ParamStatement& params) {
                     for (const ast::Group& group : params.groups) note_expression(group.start, seen);
                   },
                   [&](const ast::StateStatement&) { seen.insert("feature state"); },
                   [&](const ast::SharedStatement& shared) {
                     seen.insert("feature shared");
                     note_steps(shared.steps, seen);
                   },
                   [&](const ast::ExpectStatement& expect) { note_expression(expect.condition, seen); },
                   [&](const ast::BindStatement& bind) { note_expression(bind.value, seen); },
                   [&](const ast::IndexedStatement& indexed) { note_expression(indexed.value, seen); },
                   [&](const ast::ResultStatement& result) {
                     if (result.values.size() > 1) seen.insert("feature several results");
                     for (const ast::Ptr& value : result.values) note_expression(value, seen);
                   },
               },
               statement.kind);
}

int count_of(const std::map<std::string, int>& seen, const std::string& key) {
  const auto found = seen.find(key);
  return found == seen.end() ? 0 : found->second;
}

int kinds_of(const std::map<std::string, int>& seen, const std::string& prefix) {
  int kinds = 0;
  for (const auto& [key, count] : seen) kinds += key.starts_with(prefix);
  return kinds;
}

/// "name count" in columns.
std::string columns(const std::vector<std::pair<std::string, int>>& cells) {
  std::string text;
  for (size_t place = 0; place < cells.size(); ++place)
    text += fmt::format("{}{:>20} {:<6}",
                        place == 0       ? ""
                        : place % 4 == 0 ? "\n"
                                         : "",
                        cells[place].first, cells[place].second);
  return text + "\n";
}

}  // namespace

std::set<std::string> coverage_of(const ast::File& file) {
  Seen seen;
  for (const ast::Declaration& declaration : file.declarations) {
    if (const auto* definition = std::get_if<ast::Definition>(&declaration.kind)) {
      seen.insert(std::string("feature own ") + word_of(definition->kind));
      if (definition->derivative) seen.insert("feature stated derivative");
      note_body(definition->body, seen);
    } else if (const auto* data = std::get_if<ast::Data>(&declaration.kind)) {
      for (const ast::Setting& setting : data->settings)
        if (setting.value) note_expression(setting.value, seen);
    } else if (const auto* train = std::get_if<ast::Train>(&declaration.kind)) {
      for (const ast::Setting& setting : train->settings) {
        seen.insert("feature setting " + setting.key.text);
        note_expression(setting.value, seen);
      }
    }
  }
  return seen;
}

std::string coverage_table(const std::map<std::string, int>& seen) {
  std::vector<std::pair<std::string, int>> definitions, features;
  int used = 0;
  for (const Term& term : library_terms()) {
    definitions.emplace_back(term.name, count_of(seen, "definition " + term.name));
    used += definitions.back().second > 0;
  }
  for (const auto& [key, count] : seen)
    if (key.starts_with("feature ")) features.emplace_back(key.substr(8), count);
  return fmt::format(
      "features, and in how many programs:\n{}definitions of the library, and in how many programs:\n{}"
      "definitions of the library used: {} of {}\n"
      "pairs of operators and functions: {}; of adjacent steps: {}\n",
      columns(features), columns(definitions), used, definitions.size(), kinds_of(seen, "pair "),
      kinds_of(seen, "steps "));
}

}  // namespace dnnc::campaign
