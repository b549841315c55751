#pragma once
#include <optional>

#include "compiler/ir/affine.h"
#include "compiler/ir/graph.h"

namespace dnnc {

/// Bounds of a whole-number expression within `node`, as far as its form proves them: labels, arg-maxima, indices,
/// constants and `select min max + -` of such. std::nullopt where nothing is proven.
std::optional<Interval> value_range(const Graph& graph, const Node& node, const Expr& expression);

}  // namespace dnnc
