#include <algorithm>

#include "compiler/kernels/access.h"
#include "compiler/kernels/kernel.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

/// A sum of a product of two loads, however the product is written.
bool is_contraction(const Comprehension& formula) {
  if (formula.reduction != Reduction::Sum) return false;
  const auto* product = std::get_if<Call>(&formula.body->kind);
  return product && product->function == Function::Multiply &&
         std::all_of(product->arguments.begin(), product->arguments.end(),
                     [](const Expr& factor) { return std::holds_alternative<Load>(factor->kind); });
}

bool gathers(const Comprehension& formula) {
  const auto loads = loads_of(formula);
  return std::any_of(loads.begin(), loads.end(), [](const Load* load) {
    return std::any_of(load->at.begin(), load->at.end(),
                       [](const Subscript& subscript) { return std::holds_alternative<Gather>(subscript); });
  });
}

KernelClass class_of(const Graph& graph, NodeId node) {
  const Comprehension* formula = formula_of(graph, node);
  if (!formula) return KernelClass::Pointwise;
  if (is_contraction(*formula)) return KernelClass::Contraction;
  if (gathers(*formula)) return KernelClass::Gather;
  if (formula->reduction != Reduction::None) return KernelClass::Reduction;
  return element_count(graph[node]) == 1 ? KernelClass::Scalar : KernelClass::Pointwise;
}

}  // namespace

std::optional<std::string> unsupported(const Graph& graph) {
  constexpr int64_t most_elements = (int64_t{1} << 31) - 1;
  if (!graph.recurrences.empty()) return "recurrences cannot be compiled; `dnnc check` and the interpreter run them";
  for (const Node& node : graph.nodes)
    if (element_count(node) > most_elements)
      return "`" + node.name + "` has " + std::to_string(element_count(node)) + " elements; at most 2147483647 fit";
  return std::nullopt;
}

std::vector<Group> fuse(const Graph& graph) {
  const std::vector<bool> early = needed_before_updates(graph);
  std::vector<Group> groups;
  for (const bool part : {true, false})
    for (NodeId node : node_ids(graph))
      if (early[node.value] == part && formula_of(graph, node))
        groups.push_back({{node}, {node}, class_of(graph, node)});
  return groups;
}

}  // namespace dnnc
