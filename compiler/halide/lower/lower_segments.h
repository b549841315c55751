#pragma once
#include <functional>
#include <vector>

#include "compiler/halide/expressions/lower_expression.h"
#include "compiler/halide/lower/lower.h"

namespace dnnc {

/// What an expression of the node needs to know at values of its indices.
using ContextAt = std::function<ExpressionContext(const std::vector<HalideExpr>&)>;

/// Defines the Func of a sum whose terms each belong to one place along the axes of `segments`: 0 everywhere, then an
/// update that goes through the terms in the order of their indices and adds each to its place. At that place the body
/// is computed as it is written, so a value that is no place at all adds 0.
SegmentFuncs lower_segments(const Node& node, const std::vector<Segment>& segments, Stage& stage,
                            const ContextAt& context);

}  // namespace dnnc
