#include <gtest/gtest.h>

#include "compiler/sema/model.h"

namespace dnnc {
namespace {

ContractTerm number(double value) {
  ContractTerm term;
  term.number = value;
  return term;
}
ContractTerm reference(std::string name) {
  ContractTerm term;
  term.kind = ContractTerm::Kind::Reference;
  term.name = std::move(name);
  return term;
}
ContractTerm operation(Function function, std::vector<ContractTerm> arguments) {
  ContractTerm term;
  term.kind = ContractTerm::Kind::Operation;
  term.name = info(function).name;
  term.children = std::move(arguments);
  return term;
}

std::optional<double> accuracy_only(const ContractTerm& term) {
  return term.name == "test.accuracy" ? std::optional(0.98) : std::nullopt;
}

TEST(ContractValue, ComputesWithGivenNumbers) {
  ContractTerm holds = operation(Function::LessEqual, {number(0.975), reference("test.accuracy")});
  EXPECT_EQ(evaluate_contract(holds, accuracy_only), 1.0);
  ContractTerm fails = operation(Function::Less, {reference("test.accuracy"), number(0.5)});
  EXPECT_EQ(evaluate_contract(fails, accuracy_only), 0.0);
}

TEST(ContractValue, IsUnknownWhileANumberIs) {
  ContractTerm term = operation(Function::Less, {reference("memory.train"), reference("test.accuracy")});
  EXPECT_EQ(evaluate_contract(term, accuracy_only), std::nullopt);
}

}  // namespace
}  // namespace dnnc
