#include "compiler/driver/memory_contracts.h"

#include <fmt/core.h>

#include <algorithm>

#include "runtime/program/memory_numbers.h"
#include "runtime/run/contract_operations.h"

namespace dnnc {
namespace {

using runtime::RunNumber;

/// Which memory the term asks for, if it does.
std::optional<RunNumber> memory_asked(const ContractTerm& term) {
  if (term.kind != ContractTerm::Kind::Reference) return std::nullopt;
  const std::optional<RunNumber> number = runtime::value_named<RunNumber>(term.name);
  return number == RunNumber::TrainMemory || number == RunNumber::PredictMemory ? number : std::nullopt;
}

bool asks_for_memory(const ContractTerm& term, const std::string& run) {
  if (term.run == run && memory_asked(term)) return true;
  return std::ranges::any_of(term.children, [&](const ContractTerm& child) { return asks_for_memory(child, run); });
}

/// The memory of runs; nothing else is known before they run.
ContractLookup memory_of(const PlanOf& plan_of) {
  return [&](const ContractTerm& term) -> std::optional<double> {
    const std::optional<RunNumber> number = memory_asked(term);
    const Plan* plan = number ? plan_of(term.run) : nullptr;
    if (!plan) return std::nullopt;
    const std::optional<int64_t> bytes = runtime::memory_number(*plan, plan->memory, *number);
    return bytes ? std::optional(static_cast<double>(*bytes)) : std::nullopt;
  };
}

/// What the run needs, for each number of the condition.
void add_numbers(const ContractTerm& term, const ContractLookup& lookup, Diagnostic& diagnostic) {
  if (term.kind == ContractTerm::Kind::Reference)
    if (const std::optional<double> bytes = lookup(term))
      diagnostic.notes.push_back({{}, fmt::format("`{}.{}` is {:.0f} bytes", term.run, term.name, *bytes)});
  for (const ContractTerm& child : term.children) add_numbers(child, lookup, diagnostic);
}

}  // namespace

bool asks_for_memory(const Model& model, const Training& training) {
  return std::ranges::any_of(
      model.contracts, [&](const Contract& contract) { return asks_for_memory(contract.condition, training.name); });
}

bool settle_memory(Session& session, const Model& model, const Training& training, const PlanOf& plan_of) {
  const ContractLookup lookup = memory_of(plan_of);
  for (const Contract& contract : model.contracts) {
    if (contract.settled || !asks_for_memory(contract.condition, training.name)) continue;
    const std::optional<double> truth = evaluate_contract(contract.condition, lookup);
    if (!truth || runtime::contract_holds(*truth)) continue;
    Diagnostic broken = error("E0701", contract.span, "this contract does not hold");
    add_numbers(contract.condition, lookup, broken);
    session.diagnostics().report(std::move(broken));
  }
  return !session.flush();
}

}  // namespace dnnc
