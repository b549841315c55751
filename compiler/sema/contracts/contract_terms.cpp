#include "compiler/sema/contracts/contract_terms.h"

#include <algorithm>
#include <map>

#include "compiler/interpret/interpret.h"
#include "compiler/ir/affine.h"
#include "compiler/ir/gradient_paths.h"
#include "compiler/passes/passes.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

constexpr int most_terms = 10000;

ContractTerm number_term(double number) {
  ContractTerm term;
  term.number = number;
  return term;
}

/// Unfolds the formula of one number. Gives nothing where the number cannot be told, and stops at `most_terms`.
class TermBuilder {
 public:
  TermBuilder(const Graph& graph, const std::unordered_map<NodeId, ContractTerm>& references)
      : graph_(graph), references_(references) {
    Inputs inputs;
    for (const auto& [node, term] : references) inputs[std::get<Input>(graph[node].kind).name] = {0};
    values_ = interpret(graph, inputs);
  }

  std::optional<ContractTerm> of_node(NodeId node) {
    if (auto found = references_.find(node); found != references_.end()) return found->second;
    if (auto known = known_.find(node); known != known_.end()) return known->second;
    std::optional<ContractTerm> term;
    const auto* formula = std::get_if<Comprehension>(&graph_[node].kind);
    if (formula && formula->reduction == Reduction::None && graph_[node].axes.empty())
      term = of_expression(formula->body);
    if (!term && !depends(node)) term = number_term(values_[node].at(0));
    return known_[node] = term;
  }

 private:
  bool depends(NodeId node) {
    NodeSet cone = dependencies(graph_, {node});
    return std::any_of(references_.begin(), references_.end(),
                       [&](const auto& reference) { return cone.contains(reference.first); });
  }

  std::optional<ContractTerm> of_load(const Load& load) {
    if (load.at.empty()) return of_node(load.source);
    if (depends(load.source) || load.outside) return std::nullopt;
    int64_t place = 0;
    for (size_t axis = 0; axis < load.at.size(); ++axis) {
      const auto* at = std::get_if<Affine>(&load.at[axis]);
      if (!at || !is_constant(*at)) return std::nullopt;
      place = place * graph_[load.source].axes[axis].extent + at->offset;
    }
    return number_term(values_[load.source].at(place));
  }

  std::optional<ContractTerm> of_call(const Call& call) {
    if (call.function == Function::StopGradient) return of_expression(call.arguments[0]);
    ContractTerm term;
    term.kind = ContractTerm::Kind::Operation;
    term.name = info(call.function).name;
    for (const Expr& argument : call.arguments) {
      std::optional<ContractTerm> child = of_expression(argument);
      if (!child) return std::nullopt;
      term.children.push_back(std::move(*child));
    }
    if (needs_lookup(term)) return term;
    return number_term(*evaluate_contract(term, {}));  // as a run would: what is made of NaN is NaN
  }

  std::optional<ContractTerm> of_expression(const Expr& expression) {
    if (++count_ > most_terms) return std::nullopt;
    using Term = std::optional<ContractTerm>;
    return std::visit(match{
                          [](const Constant& value) -> Term { return number_term(value.value); },
                          [](const IndexValue& index) -> Term { return number_term(index.value.offset); },
                          [&](const Load& load) -> Term { return of_load(load); },
                          [&](const Call& call) -> Term { return of_call(call); },
                          [&](const Overridden& overridden) -> Term { return of_expression(overridden.value); },
                          [](const Draw&) -> Term { return std::nullopt; },
                      },
                      expression->kind);
  }

  const Graph& graph_;
  const std::unordered_map<NodeId, ContractTerm>& references_;
  IdVector<NodeTag, Values> values_;
  std::unordered_map<NodeId, std::optional<ContractTerm>> known_;
  int count_ = 0;
};

}  // namespace

bool needs_lookup(const ContractTerm& term) {
  if (term.kind == ContractTerm::Kind::Reference || term.kind == ContractTerm::Kind::Predict) return true;
  return std::any_of(term.children.begin(), term.children.end(), needs_lookup);
}

std::optional<ContractTerm> contract_term(const Graph& graph, NodeId root,
                                          const std::unordered_map<NodeId, ContractTerm>& references) {
  Graph formula = graph;
  formula.outputs = {{OutputRole::Value, "number", root, {}}};
  formula = stabilize(std::move(formula));
  std::map<std::string, const ContractTerm*> named;
  for (const auto& [node, term] : references) named[std::get<Input>(graph[node].kind).name] = &term;
  std::unordered_map<NodeId, ContractTerm> terms;
  for (const NodeId node : node_ids(formula))
    if (const auto* input = std::get_if<Input>(&formula[node].kind))
      if (const auto found = named.find(input->name); found != named.end()) terms[node] = *found->second;
  return TermBuilder(formula, terms).of_node(formula.outputs.front().node);
}

}  // namespace dnnc
