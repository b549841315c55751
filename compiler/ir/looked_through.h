#pragma once
#include "compiler/ir/graph.h"

namespace dnnc {

/// The expression as one sees it through loads of pointwise nodes: the first form that is not such a load, over the
/// indices of the reader, which have `extents`. A load at a label is looked through as well.
Expr looked_through(const Graph& graph, const Expr& expression, const std::vector<int64_t>& extents);

}  // namespace dnnc
