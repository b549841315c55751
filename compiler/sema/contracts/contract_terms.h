#pragma once
#include <optional>
#include <unordered_map>

#include "compiler/sema/model.h"

namespace dnnc {

/// The number that `root` computes as a tree: what depends on no input of `references` is folded into numbers, each of
/// those inputs becomes its term. std::nullopt if an array depends on one of them, or the tree would be too large.
std::optional<ContractTerm> contract_term(const Graph& graph, NodeId root,
                                          const std::unordered_map<NodeId, ContractTerm>& references);

/// Whether the tree has a number that only a plan or a run knows.
bool needs_lookup(const ContractTerm& term);

}  // namespace dnnc
