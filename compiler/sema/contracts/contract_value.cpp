#include "compiler/sema/model.h"
#include "compiler/support/check.h"
#include "runtime/run/contract_operations.h"

namespace dnnc {
namespace {

std::optional<double> operation_value(const ContractTerm& term, const ContractLookup& lookup) {
  std::vector<double> arguments;
  for (const ContractTerm& child : term.children) {
    std::optional<double> value = evaluate_contract(child, lookup);
    if (!value) return std::nullopt;
    arguments.push_back(*value);
  }
  return runtime::contract_value(term.name, arguments);
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
