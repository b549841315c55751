#pragma once
#include <Halide.h>

#include <limits>

namespace dnnc {

/// A scalar of a Halide pipeline. (The IR's scalar is dnnc::Expr.)
using HalideExpr = Halide::Expr;

/// An argument: a scalar or a constant of the type in which it is written. (Halide itself would take 0.5f for the int
/// 0.)
struct Operand {
  Operand(HalideExpr value) : value(std::move(value)) {}
  Operand(float constant) : value(constant) {}
  Operand(double constant) : value(constant) {}
  HalideExpr value;
};

/// Arithmetic as IEEE 754 has it: never reordered, never contracted, with NaN and infinity. Everything that a program
/// writes is computed so; Halide's own operators (fast math: no NaN, reordering) are for sums of contractions, where a
/// fused multiply-add is wanted, and for polynomials of finite arguments.
namespace strict {

inline constexpr float infinity = std::numeric_limits<float>::infinity();

HalideExpr add(Operand a, Operand b);
HalideExpr subtract(Operand a, Operand b);
HalideExpr multiply(Operand a, Operand b);
HalideExpr divide(Operand a, Operand b);
HalideExpr negate(Operand a);
HalideExpr less(Operand a, Operand b);
HalideExpr less_equal(Operand a, Operand b);
HalideExpr equals(Operand a, Operand b);
HalideExpr not_a_number(Operand a);  ///< whether it is none

/// a where the condition holds, else b; a NaN of the side not taken is not taken over.
HalideExpr choose(HalideExpr condition, Operand a, Operand b);

/// The first argument at a tie; a NaN of either is taken over.
HalideExpr maximum(Operand a, Operand b);
HalideExpr minimum(Operand a, Operand b);

/// a between two numbers; a NaN stays.
HalideExpr between(Operand a, float low, float high);

}  // namespace strict
}  // namespace dnnc
