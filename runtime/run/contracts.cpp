#include "runtime/run/contracts.h"

#include <cmath>
#include <cstdio>

#include "runtime/program/failure.h"
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
  const FunctionValue* operation = term.kind == Kind::Operation ? function_named(term.name) : nullptr;
  return operation ? operation->sign : nullptr;
}

std::string number_text(double number, int digits) {
  if (std::isnan(number)) return "nan";
  char text[32];
  std::snprintf(text, sizeof text, "%.*g", digits, number);
  return text;
}

/// Both sides of a comparison, with so many digits that numbers which differ are seen to.
std::string sides_text(double left, const std::string& sign, double right) {
  constexpr int all_digits = 17;
  for (int digits = 6;; ++digits) {
    const std::string left_text = number_text(left, digits), right_text = number_text(right, digits);
    if (left_text != right_text || left == right || digits == all_digits)
      return left_text + " " + sign + " " + right_text;
  }
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

/// The value of a condition; `seen` gets the sides of a comparison.
double value_seen(const ContractTerm& condition, const ContractSource& source, std::string& seen) {
  const char* sign = comparison(condition);
  if (!sign) return value(condition, source);
  const double left = value(condition.children[0], source), right = value(condition.children[1], source);
  seen = sides_text(left, sign, right);
  return contract_value(condition.name, {left, right});
}

ContractResult settle(const Contract& contract, const ContractSource& source) {
  ContractResult result{contract.text, contract.place, false, ""};
  try {
    const double truth = value_seen(contract.condition, source, result.seen);
    result.holds = contract_holds(truth);
    if (std::isnan(truth)) result.seen += (result.seen.empty() ? "" : ": ") + reason(contract.condition, source);
  } catch (const Failure& unknown) {
    if (unknown.code() != exit_wrong) throw;
    result.seen = unknown.what();
  }
  return result;
}

void add_runs(const ContractTerm& term, std::set<std::string>& runs) {
  if (term.kind == Kind::Reference || term.kind == Kind::Predict) runs.insert(term.run);
  for (const ContractTerm& child : term.children) add_runs(child, runs);
}

}  // namespace

std::vector<ContractResult> settle_contracts(const std::vector<Contract>& contracts, const ContractSource& source) {
  std::vector<ContractResult> results;
  for (const Contract& contract : contracts) results.push_back(settle(contract, source));
  return results;
}

std::set<std::string> runs_of(const Contract& contract) {
  std::set<std::string> runs;
  add_runs(contract.condition, runs);
  return runs;
}

}  // namespace dnnc::runtime
