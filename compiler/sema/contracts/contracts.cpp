#include "compiler/sema/contracts/contracts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/sema/contracts/compared_sides.h"
#include "compiler/sema/contracts/contract_names.h"
#include "compiler/sema/contracts/contract_terms.h"
#include "compiler/sema/contracts/contract_units.h"
#include "compiler/sema/names/tree_walk.h"
#include "compiler/support/match.h"
#include "compiler/syntax/keywords.h"
#include "compiler/syntax/operators.h"
#include "runtime/run/contract_operations.h"

namespace dnnc {
namespace {

/// A condition while it is made: what it names stands in the graph as settings, under names that no text can write.
struct ContractReading {
  const ContractWorld& world;
  Diagnostics& diagnostics;
  Graph graph = {};
  std::optional<Elaboration> elaboration = std::nullopt;
  Environment environment = {};
  std::unordered_map<NodeId, ContractTerm> references = {};
  bool whole = true;
};

ast::Ptr name_at(Span span, std::string text) {
  return std::make_shared<ast::Expression>(ast::Expression{span, ast::Name{std::move(text)}});
}

/// A name for the value in the condition.
ast::Ptr bind(ContractReading& reading, Span span, Value value) {
  std::string name = fmt::format("number {}", reading.environment.size());
  reading.environment[name] = std::move(value);
  return name_at(span, name);
}

ast::Ptr bind_term(ContractReading& reading, Span span, ContractTerm term) {
  Input input{InputRole::Setting, fmt::format("number {}", reading.environment.size()), ""};
  NodeId node = add_input(reading.graph, std::move(input), {}, {}, span);
  reading.references[node] = std::move(term);
  return bind(reading, span, tensor_of(*reading.elaboration, node));
}

ast::Ptr replace_name(ContractReading& reading, const std::string& name, Span span) {
  if (!is_contract_name(name, reading.world)) return nullptr;
  std::optional<ContractNumber> number = contract_number(name, span, reading.world, reading.diagnostics);
  reading.whole = reading.whole && number;
  if (!number) return bind(reading, span, Poison{});
  if (number->known) return bind(reading, span, whole(*number->known));
  return bind_term(reading, span, std::move(number->term));
}

/// `accuracy > 0.9`: compared or computed with, the name of a metric is meant as a number of a training.
ast::Ptr replace_operands(ContractReading& reading, const ast::Expression& expression) {
  const auto* operation = std::get_if<ast::Binary>(&expression.kind);
  if (!operation) return nullptr;
  for (const ast::Ptr& operand : {operation->left, operation->right}) {
    const auto* name = std::get_if<ast::Name>(&without_brackets(operand)->kind);
    if (!name || !lacks_its_part(name->text, reading.world)) continue;
    contract_number(name->text, operand->span, reading.world, reading.diagnostics);
    reading.whole = false;
    return bind(reading, expression.span, Poison{});
  }
  return nullptr;
}

/// Something else in place of what only contracts may say; null for anything else.
ast::Ptr replacement(ContractReading& reading, const ast::Ptr& expression) {
  Span span = expression->span;
  if (may_be_missing(expression, reading.world)) {
    reading.whole = false;
    return bind(reading, span, Poison{});
  }
  if (std::optional<std::string> name = dotted_name(expression)) return replace_name(reading, *name, span);
  const auto* call = std::get_if<ast::Call>(&expression->kind);
  if (!call) return replace_operands(reading, *expression);
  if (!asks_net(*call, reading.world)) return nullptr;
  std::optional<ContractTerm> answer = contract_answer(*call, span, reading.world, reading.diagnostics);
  reading.whole = reading.whole && answer;
  return answer ? bind_term(reading, span, std::move(*answer)) : bind(reading, span, Poison{});
}

/// Whether all constants of the term are numbers. Sums over constant lists are folded with no report of their own.
bool is_finite(const ContractTerm& term) {
  return std::isfinite(term.number) && std::ranges::all_of(term.children, is_finite);
}

std::optional<ContractTerm> term_of(ContractReading& reading, const ast::Ptr& expression, Diagnostics& diagnostics) {
  Value value = evaluate_formula(*reading.elaboration, reading.environment, expression, keyword::expect);
  if (is_poison(value)) return std::nullopt;
  if (const auto* number = std::get_if<Number>(&value)) {
    ContractTerm term;
    term.number = value_of(*number);
    return term;
  }
  std::optional<Tensor> tensor = to_tensor(*reading.elaboration, value, expression->span);
  if (!tensor) return std::nullopt;
  std::vector<int64_t> shape = shape_of(*reading.elaboration, *tensor);
  std::optional<ContractTerm> term;
  if (shape.empty()) {
    NodeId node = node_of(*reading.elaboration, *tensor, keyword::expect, expression->span);
    term = contract_term(reading.graph, node, reading.references);
  }
  if (term) return term;
  Diagnostic fault = error("E0703", expression->span, "a contract compares single numbers");
  if (shape.empty()) fault.message = "a contract cannot reduce over what a training gives";
  else fault.label = type_text(tensor->element, shape);
  diagnostics.report(std::move(fault));
  return std::nullopt;
}

/// The number that an expression of the condition is, as a tree: computed as a run would, in stable forms, if there is one, else
/// of constants alone, which tell what is wrong. std::nullopt after an error.
std::optional<ContractTerm> term_of(ContractReading& reading, const ast::Ptr& expression) {
  Diagnostics unseen(*reading.world.program.sources);
  reading.elaboration->diagnostics = &unseen;
  reading.elaboration->folding = Folding::ExactOnly;
  std::optional<ContractTerm> term = term_of(reading, expression, unseen);
  const auto has_value = [&](const ast::Ptr& side) {
    const std::optional<ContractTerm> number = term_of(reading, side, unseen);
    return number && (needs_lookup(*number) || std::isfinite(evaluate_contract(*number, {}).value_or(0)));
  };
  if (term && !std::ranges::all_of(compared_sides(expression), has_value)) term.reset();
  reading.elaboration->diagnostics = &reading.diagnostics;
  reading.elaboration->folding = Folding::All;
  if (term && is_finite(*term) && !unseen.has_errors()) return term;
  return term_of(reading, expression, reading.diagnostics);
}

std::string number_text(double number) { return std::isnan(number) ? "nan" : fmt::format("{:.10g}", number); }

/// A literal needs no label that says its value.
bool is_literal(const ast::Ptr& expression) {
  const ast::Expression& inner = *without_brackets(expression);
  return std::holds_alternative<ast::Number>(inner.kind) || std::holds_alternative<ast::Percent>(inner.kind);
}

/// What does not hold, with the numbers on its two sides.
void report_broken(ContractReading& reading, const ast::Ptr& written, const ast::Ptr& condition, double truth) {
  Diagnostic broken = error("E0701", written->span, "this contract does not hold");
  if (std::isnan(truth)) broken.label = "made of a number that is NaN";
  const auto* comparison = std::get_if<ast::Binary>(&without_brackets(condition)->kind);
  const auto* sides = std::get_if<ast::Binary>(&without_brackets(written)->kind);
  if (comparison && sides && is_comparison(comparison->op)) {
    for (auto [side, text] : {std::pair(comparison->left, sides->left), {comparison->right, sides->right}}) {
      std::optional<ContractTerm> term = term_of(reading, side);
      if (term && !is_literal(text)) broken.labels.push_back({text->span, number_text(term->number)});
    }
  }
  reading.diagnostics.report(std::move(broken));
}

}  // namespace

std::optional<Contract> read_contract(const ast::Expect& expect, const ContractWorld& world, Diagnostics& diagnostics) {
  ContractReading reading{world, diagnostics};
  reading.elaboration = begin_elaboration(world.program, reading.graph, diagnostics, false, std::nullopt);
  ast::Ptr condition = replace_expressions(
      expect.condition, [&](const ast::Ptr& expression) { return replacement(reading, expression); });
  if (!reading.whole || !units_agree(expect.condition, world, diagnostics)) return std::nullopt;
  std::optional<ContractTerm> term = term_of(reading, condition);
  if (!term) return std::nullopt;
  if (needs_lookup(*term) && !is_finite(*term)) {
    diagnostics.report(error("E0215", expect.condition->span, "this contract is made of a constant that has no value"));
    return std::nullopt;
  }
  Contract contract;
  contract.text = world.program.sources->line_of(expect.condition->span);
  contract.span = expect.condition->span;
  contract.condition = std::move(*term);
  contract.settled = !needs_lookup(contract.condition);
  if (!contract.settled) return contract;
  const double truth = *evaluate_contract(contract.condition, {});
  if (runtime::contract_holds(truth)) return contract;
  report_broken(reading, expect.condition, condition, truth);
  return std::nullopt;
}

}  // namespace dnnc
