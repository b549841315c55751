#include "compiler/sema/contracts/contract_terms.h"

#include <cmath>
#include <set>

#include "runtime/run/contract_operations.h"
#include "test/unit/graph_text.h"

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

TEST(ContractOperations, AreTheFunctionsOfTheIR) {
  const std::set<Function> folded = {Function::StopGradient, Function::Softplus, Function::LogSigmoid};
  for (const FunctionInfo& function : all_functions()) {
    if (folded.contains(function.function)) continue;
    for (const std::vector<double>& numbers : {std::vector{2.0, 3.0, 0.5}, {-0.5, 0.0, 2.0}, {0.0, -7.0, 4.0}}) {
      const std::vector<double> arguments(numbers.begin(), numbers.begin() + function.arity);
      const double contract = runtime::contract_value(function.name, arguments);
      const double graph = evaluate(function.function, arguments.data());
      if (std::isnan(graph)) EXPECT_TRUE(std::isnan(contract)) << function.name;
      else EXPECT_DOUBLE_EQ(contract, graph) << function.name;
    }
  }
}

TEST(ContractTerm, FoldsWhatNeedsNoRun) {
  Graph graph = graph_of(R"(%accuracy = setting "accuracy"
%list[i: 3] = i + 1
%total = sum[i: 3](%list[i])
%limit = %total / %list[2]
%holds = %limit - 1.5 < %accuracy
output value "holds" = %holds
)");
  std::unordered_map<NodeId, ContractTerm> references = {{node_named(graph, "accuracy"), reference("test.accuracy")}};
  std::optional<ContractTerm> term = contract_term(graph, node_named(graph, "holds"), references);
  ASSERT_TRUE(term);
  EXPECT_TRUE(needs_lookup(*term));
  EXPECT_EQ(evaluate_contract(*term, accuracy_only), 1.0);
  std::optional<ContractTerm> limit = contract_term(graph, node_named(graph, "limit"), references);
  ASSERT_TRUE(limit);
  EXPECT_FALSE(needs_lookup(*limit));
  EXPECT_EQ(limit->number, 2);
}

TEST(ContractTerm, DoesNotUnfoldArraysOfUnknownNumbers) {
  Graph graph = graph_of(R"(%accuracy = setting "accuracy"
%list[i: 3] = %accuracy * i
%total = sum[i: 3](%list[i])
output value "total" = %total
)");
  std::unordered_map<NodeId, ContractTerm> references = {{node_named(graph, "accuracy"), reference("test.accuracy")}};
  EXPECT_FALSE(contract_term(graph, node_named(graph, "total"), references));
}

}  // namespace
}  // namespace dnnc
