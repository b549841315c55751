#include "compiler/passes/formulas/own_element.h"

#include "compiler/ir/affine.h"

namespace dnnc {

Expr own_element(const Graph& graph, NodeId node) {
  std::vector<Subscript> at;
  for (uint32_t axis = 0; axis < graph[node].axes.size(); ++axis) at.push_back(affine(axis));
  return load(node, std::move(at));
}

}  // namespace dnnc
