#include <cmath>

#include "compiler/sema/model.h"
#include "compiler/support/check.h"
#include "runtime/run/contract_operations.h"

namespace dnnc {
namespace {

/// Whether one side tells the whole: of `and` one that is false, of `or` one that is true.
bool settles(const std::string& operation, double side) {
  if (operation == runtime::word_of(runtime::Function::And)) return side == 0;
  return operation == runtime::word_of(runtime::Function::Or) && side != 0 && !std::isnan(side);
}

std::optional<double> operation_value(const ContractTerm& term, const ContractLookup& lookup) {
  std::vector<double> arguments;
  bool known = true;
  for (const ContractTerm& child : term.children) {
    const std::optional<double> value = evaluate_contract(child, lookup);
    if (value && settles(term.name, *value)) return *value != 0;
    known = known && value;
    arguments.push_back(value.value_or(0));
  }
  return known ? std::optional(runtime::contract_value(term.name, arguments)) : std::nullopt;
}

}  // namespace

std::optional<double> evaluate_contract(const ContractTerm& condition, const ContractLookup& lookup) {
  switch (condition.kind) {
    case ContractTerm::Kind::Number:
      return condition.number;
    case ContractTerm::Kind::Reference:
    case ContractTerm::Kind::Predict:
      return lookup(condition);
    case ContractTerm::Kind::Operation:
      return operation_value(condition, lookup);
  }
  throw InternalError("evaluate_contract: unknown kind of term");
}

}  // namespace dnnc
