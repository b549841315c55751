#include "compiler/halide/expressions/strict.h"

namespace dnnc::strict {
namespace {

using HalideCall = Halide::Internal::Call;

HalideExpr operation(HalideCall::IntrinsicOp operation, const Operand& a, const Operand& b) {
  return HalideCall::make(a.value.type(), operation, {a.value, b.value}, HalideCall::PureIntrinsic);
}

HalideExpr comparison(HalideCall::IntrinsicOp operation, const Operand& a, const Operand& b) {
  return HalideCall::make(Halide::Bool(a.value.type().lanes()), operation, {a.value, b.value},
                          HalideCall::PureIntrinsic);
}

}  // namespace

HalideExpr add(Operand a, Operand b) { return operation(HalideCall::strict_add, a, b); }
HalideExpr subtract(Operand a, Operand b) { return operation(HalideCall::strict_sub, a, b); }
HalideExpr multiply(Operand a, Operand b) { return operation(HalideCall::strict_mul, a, b); }
HalideExpr divide(Operand a, Operand b) {
  if (Halide::Internal::is_const(b.value) && !Halide::Internal::is_const_zero(b.value))
    return operation(HalideCall::strict_div, a, b);
  // Halide refuses a divisor that it finds to be 0, be it one that no condition lets through. Behind this call it finds
  // none; the call itself costs nothing.
  const HalideExpr hidden =
      HalideCall::make(b.value.type(), HalideCall::return_second, {b.value, b.value}, HalideCall::PureIntrinsic);
  return operation(HalideCall::strict_div, a, hidden);
}
HalideExpr negate(Operand a) { return multiply(a, Halide::Internal::make_const(a.value.type(), -1)); }
HalideExpr less(Operand a, Operand b) { return comparison(HalideCall::strict_lt, a, b); }
// Not by strict_le: compiled, it holds where an argument is NaN (functions_test.cpp, special values).
HalideExpr less_equal(Operand a, Operand b) { return less(a, b) || equals(a, b); }
HalideExpr equals(Operand a, Operand b) { return comparison(HalideCall::strict_eq, a, b); }
HalideExpr not_a_number(Operand a) { return !equals(a, a); }

HalideExpr choose(HalideExpr condition, Operand a, Operand b) {
  return Halide::select(std::move(condition), std::move(a.value), std::move(b.value));
}

HalideExpr maximum(Operand a, Operand b) { return choose(less(a, b) || not_a_number(b), b, a); }
HalideExpr minimum(Operand a, Operand b) { return choose(less(b, a) || not_a_number(b), b, a); }

HalideExpr between(Operand a, float lowest, float highest) {
  const HalideExpr low = Halide::Internal::make_const(a.value.type(), lowest);
  const HalideExpr high = Halide::Internal::make_const(a.value.type(), highest);
  return choose(less(a, low), low, choose(less(high, a), high, a));
}

}  // namespace dnnc::strict
