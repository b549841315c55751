#include "runtime/run/contracts.h"

#include <cmath>
#include <cstdio>

#include "runtime/run/contract_operations.h"

namespace dnnc::runtime {
namespace {

using Kind = ContractTerm::Kind;

double value(const ContractTerm& term, const ContractSource& source) {
  if (term.kind == Kind::Number) return term.number;
  if (term.kind == Kind::Reference) return source.number(term.run, term.name);
  std::vector<double> arguments;
  for (const ContractTerm& argument : term.children) arguments.push_back(value(argument, source));
  return term.kind == Kind::Predict ? source.predict(term.run, arguments) : contract_value(term.name, arguments);
}

/// The sign of a comparison, or null for another term.
const char* comparison(const ContractTerm& term) {
  if (term.kind != Kind::Operation) return nullptr;
  if (term.name == "equal") return "==";
  if (term.name == "unequal") return "!=";
  if (term.name == "less") return "<";
  return term.name == "less_equal" ? "<=" : nullptr;
}

std::string number_text(double number) {
  if (std::isnan(number)) return "nan";
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", number);
  return text;
}

std::string text_of(const ContractTerm& term) {
  return term.kind == Kind::Reference ? "`" + term.name + "`" : "the answer of `" + term.run + "`";
}

/// Why the term is NaN: the first number of a run that is none, or the operation that has no value.
std::string reason(const ContractTerm& term, const ContractSource& source) {
  if (term.kind != Kind::Operation) return text_of(term) + " is not a number";
  for (const ContractTerm& argument : term.children)
    if (std::isnan(value(argument, source))) return reason(argument, source);
  return "`" + term.name + "` has no value here";
}

ContractResult settle(const Contract& contract, const ContractSource& source) {
  ContractResult result{contract.text, contract.place, false, ""};
  const ContractTerm& condition = contract.condition;
  double truth;
  if (const char* sign = comparison(condition)) {
    const double left = value(condition.children[0], source), right = value(condition.children[1], source);
    truth = contract_value(condition.name, {left, right});
    result.seen = number_text(left) + " " + sign + " " + number_text(right);
  } else {
    truth = value(condition, source);
  }
  result.holds = contract_holds(truth);
  if (std::isnan(truth)) result.seen += (result.seen.empty() ? "" : ": ") + reason(condition, source);
  return result;
}

}  // namespace

std::vector<ContractResult> settle_contracts(const std::vector<Contract>& contracts, const ContractSource& source) {
  std::vector<ContractResult> results;
  for (const Contract& contract : contracts) results.push_back(settle(contract, source));
  return results;
}

}  // namespace dnnc::runtime
