#pragma once
#include <functional>
#include <vector>

#include "compiler/ir/graph.h"
#include "compiler/passes/formulas/product.h"

namespace dnnc {

/// One load of a body and what it adds to the adjoint of its source, as a sum over the indices of the body.
struct LoadAdjoint {
  Load load;
  std::vector<Product> terms;
};

/// Carries `seed`, the adjoint of the body, down to the loads of sources that `wanted` accepts; equal loads are one.
/// `value` is the body's value if a node holds it, else nullptr. `extents` are those of the body's indices.
/// What a `select` does not take adds nothing, and neither does a load outside of its array.
std::vector<LoadAdjoint> load_adjoints(const Graph& graph, const Expr& body, const Expr& value, const Product& seed,
                                       const std::vector<int64_t>& extents, const std::function<bool(NodeId)>& wanted);

}  // namespace dnnc
