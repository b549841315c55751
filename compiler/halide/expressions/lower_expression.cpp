#include "compiler/halide/expressions/lower_expression.h"

#include "compiler/halide/expressions/scalar_functions.h"
#include "compiler/ir/affine.h"
#include "compiler/support/check.h"
#include "compiler/support/match.h"

namespace dnnc {
namespace {

HalideExpr lower_term(const Term& term, const std::vector<HalideExpr>& indices) {
  HalideExpr value = indices.at(term.index);
  if (term.divisor != 1) value = value / static_cast<int>(term.divisor);
  if (term.modulus != 0) value = value % static_cast<int>(term.modulus);
  if (term.coefficient != 1) value = value * static_cast<int>(term.coefficient);
  return value;
}

/// Subscripts that may lie outside are clamped, and the value outside is selected.
HalideExpr lower_load(const Load& load, const ExpressionContext& context) {
  const std::vector<int64_t> extents = context.extents_of(load.source);
  std::vector<HalideExpr> at;
  HalideExpr inside = Halide::Internal::const_true();
  for (size_t axis = 0; axis < load.at.size(); ++axis) {
    const auto* affine = std::get_if<Affine>(&load.at[axis]);
    if (!affine) {
      at.push_back(lower_place(std::get<Gather>(load.at[axis]).value, extents[axis], context));
      continue;
    }
    HalideExpr subscript = lower_affine(*affine, context.indices);
    const Interval range = range_of(*affine, context.extents);
    const int last = static_cast<int>(extents[axis] - 1);
    if (load.outside && (range.low < 0 || range.high > last)) {
      if (range.low < 0) inside = inside && subscript >= 0;
      if (range.high > last) inside = inside && subscript <= last;
      subscript = Halide::clamp(subscript, 0, last);
    }
    at.push_back(subscript);
  }
  HalideExpr value = context.element(load.source, at);
  if (Halide::Internal::is_const_one(inside)) return value;
  return Halide::select(inside, value, lower_expression(load.outside, context));
}

HalideExpr lower_call(const Call& call, const ExpressionContext& context) {
  std::vector<HalideExpr> arguments;
  for (const Expr& argument : call.arguments) arguments.push_back(lower_expression(argument, context));
  return scalar_function(call.function, arguments);
}

}  // namespace

HalideExpr lower_place(const Expr& value, int64_t extent, const ExpressionContext& context) {
  HalideExpr index;
  if (const auto* load = std::get_if<Load>(&value->kind)) {
    std::vector<HalideExpr> at;
    bool plain = !load->outside;
    for (const Subscript& subscript : load->at) {
      const auto* affine = std::get_if<Affine>(&subscript);
      plain = plain && affine;
      if (affine) at.push_back(lower_affine(*affine, context.indices));
    }
    if (plain) index = context.whole_element(load->source, at);
  }
  if (!index.defined()) index = Halide::cast<int>(lower_expression(value, context));
  return Halide::clamp(index, 0, static_cast<int>(extent - 1));
}

HalideExpr lower_affine(const Affine& affine, const std::vector<HalideExpr>& indices) {
  HalideExpr sum;
  for (const Term& term : affine.terms) {
    HalideExpr value = lower_term(term, indices);
    sum = sum.defined() ? sum + value : value;
  }
  const int offset = static_cast<int>(affine.offset);
  if (!sum.defined()) return offset;
  return offset == 0 ? sum : sum + offset;
}

HalideExpr lower_expression(const Expr& expression, const ExpressionContext& context) {
  const auto known = context.lowered.find(expression.get());
  if (known != context.lowered.end()) return known->second;
  HalideExpr value = std::visit(
      match{[&](const Constant& constant) { return HalideExpr(static_cast<float>(constant.value)); },
            [&](const IndexValue& index) { return Halide::cast<float>(lower_affine(index.value, context.indices)); },
            [&](const Load& load) { return lower_load(load, context); },
            [&](const Call& call) { return lower_call(call, context); },
            [&](const Overridden& overridden) { return lower_expression(overridden.value, context); },
            [&](const Draw& draw) { return lower_draw(draw, context); }},
      expression->kind);
  return context.lowered[expression.get()] = value;
}

}  // namespace dnnc
