#pragma once
#include <functional>
#include <unordered_map>
#include <vector>

#include "compiler/halide/expressions/strict.h"
#include "compiler/ir/expression.h"

namespace dnnc {

/// What a scalar expression needs to know of the place it stands in.
struct ExpressionContext {
  std::vector<HalideExpr> indices;  ///< int32, by number: first the axes of the result, then those reduced over
  std::vector<int64_t> extents;     ///< of the indices
  /// The element of a node at int32 coordinates that lie inside, as float32.
  std::function<HalideExpr(NodeId, const std::vector<HalideExpr>&)> element;
  /// The same as int32, for nodes that are whole numbers in memory; undefined for others.
  std::function<HalideExpr(NodeId, const std::vector<HalideExpr>&)> whole_element;
  std::function<std::vector<int64_t>(NodeId)> extents_of;
  /// What has been lowered here: a part that is used twice is one, or formulas that double would grow without end.
  mutable std::unordered_map<const Expression*, HalideExpr> lowered{};
};

/// A label or word as int32 in [0, extent). Data have been checked when they were loaded; the clamp keeps a value that a
/// faulty formula made inside the array.
HalideExpr lower_place(const Expr& value, int64_t extent, const ExpressionContext& context);
HalideExpr lower_affine(const Affine& affine, const std::vector<HalideExpr>& indices);
/// float32, computed as written.
HalideExpr lower_expression(const Expr& expression, const ExpressionContext& context);

/// A number drawn by counting (compiler/docs/draws.md), in lower_draw.cpp.
HalideExpr lower_draw(const Draw& draw, const ExpressionContext& context);

}  // namespace dnnc
