#include "compiler/halide/expressions/scalar_functions.h"

#include <cmath>
#include <initializer_list>
#include <limits>

#include "compiler/support/check.h"

namespace dnnc {
namespace {

using namespace strict;
using Halide::cast;
using Halide::reinterpret;

HalideExpr quiet_nan() { return reinterpret<float>(HalideExpr(0x7fc00000u)); }

/// Horner's rule from the highest coefficient on. The argument is finite, so fast math may fuse multiply and add.
HalideExpr polynomial(const HalideExpr& x, std::initializer_list<double> coefficients) {
  HalideExpr value;
  for (double coefficient : coefficients) {
    HalideExpr term = Halide::Internal::make_const(x.type(), coefficient);
    value = value.defined() ? value * x + term : term;
  }
  return value;
}

/// 2^n as a number, for whole -126 <= n <= 127.
HalideExpr power_of_two(const HalideExpr& n) { return reinterpret<float>((n + 127) << 23); }

/// x = n ln 2 + r with |r| <= ln 2 / 2, and exp(r) - 1.
struct ReducedExponent {
  HalideExpr n;
  HalideExpr expm1;
};

/// ln 2 is taken off in two parts, of which n times the first is exact (W. J. Cody, W. Waite: Software Manual for the
/// Elementary Functions, 1980); the polynomial is that of S. L. Moshier's Cephes library, expf.
ReducedExponent reduce_exponent(const HalideExpr& x) {
  HalideExpr n = Halide::floor(add(multiply(x, 1.44269504f), 0.5f));
  HalideExpr r = subtract(subtract(x, multiply(n, 0.693359375f)), multiply(n, -2.12194440e-4f));
  HalideExpr p = polynomial(
      r, {1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1});
  return {cast<int>(n), p * r * r + r};
}

HalideExpr exponential(const HalideExpr& x) {
  // Beyond these bounds the result is 0 or infinity in float32. The scale is applied in two halves: 2^n alone may lie
  // outside the numbers where the result does not.
  ReducedExponent reduced = reduce_exponent(between(x, -104.0f, 89.0f));
  HalideExpr half = reduced.n >> 1;
  HalideExpr value = multiply(add(reduced.expm1, 1.0f), power_of_two(half));
  return multiply(value, power_of_two(reduced.n - half));
}

HalideExpr exponential_minus_one(const HalideExpr& x) {
  ReducedExponent reduced = reduce_exponent(between(x, -20.0f, 89.0f));
  // 2^n (e + 1) - 1 = 2 (2^(n-1) e + (2^(n-1) - 1/2)), which does not overflow before the result does.
  HalideExpr scale = power_of_two(reduced.n - 1);
  HalideExpr sum = add(multiply(scale, reduced.expm1), subtract(scale, 0.5f));
  return choose(reduced.n == 0, reduced.expm1, multiply(sum, 2.0f));
}

/// log of a finite x > 0 (else of 1), after Cephes' logf: x = 2^e m with m in [sqrt(1/2), sqrt(2)).
HalideExpr logarithm_of_positive(const HalideExpr& x) {
  const float smallest_normal = std::numeric_limits<float>::min();
  HalideExpr tiny = less(x, smallest_normal);
  HalideExpr scaled = choose(tiny, multiply(x, 8388608.0f), x);
  HalideExpr safe = choose(less_equal(smallest_normal, scaled), scaled, 1.0f);
  HalideExpr bits = reinterpret<int>(safe);
  HalideExpr exponent = (bits - 0x3f3504f3) >> 23;
  HalideExpr f = subtract(reinterpret<float>(bits - (exponent << 23)), 1.0f);
  HalideExpr e = cast<float>(exponent - Halide::select(tiny, 23, 0));
  HalideExpr z = f * f;
  HalideExpr p = polynomial(f, {7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
                                -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1});
  HalideExpr low = add(subtract(add(p * f * z, multiply(e, -2.12194440e-4f)), multiply(z, 0.5f)), f);
  return add(low, multiply(e, 0.693359375f));
}

/// log(1 + x): the rounding error of u = 1 + x is put back as (x - (u - 1)) / u.
HalideExpr logarithm_of_one_plus(const HalideExpr& x) {
  HalideExpr u = add(x, 1.0f);
  HalideExpr lost = divide(subtract(x, subtract(u, 1.0f)), u);
  HalideExpr correction = choose(less(0.0f, u) && less(u, 1e8f), lost, 0.0f);
  return add(natural_logarithm(u), correction);
}

HalideExpr hyperbolic_tangent(const HalideExpr& x) {
  HalideExpr y = exponential_minus_one(multiply(Halide::abs(x), -2.0f));
  HalideExpr t = divide(y, add(y, 2.0f));
  return choose(less(x, 0.0f), t, negate(t));
}

/// exp is taken of -|x| only, so that neither side loses its leading digits.
HalideExpr logistic(const HalideExpr& x) {
  HalideExpr e = exponential(negate(Halide::abs(x)));
  return divide(choose(less(x, 0.0f), e, 1.0f), add(e, 1.0f));
}

HalideExpr softplus(const HalideExpr& x) {
  HalideExpr tail = logarithm_of_one_plus(exponential(negate(Halide::abs(x))));
  return add(maximum(x, 0.0f), tail);
}

/// Two minimax polynomials: odd below 0.93, above it 1 - exp of a polynomial (N. Juffa, erff, 2014; both within 1 ulp).
HalideExpr error_function(const HalideExpr& x) {
  HalideExpr t = between(Halide::abs(x), 0.0f, 5.0f);
  HalideExpr s = multiply(t, t);
  HalideExpr exponent = polynomial(t, {-1.72853470e-5, 3.83197126e-4, -3.88396438e-3, 2.42546219e-2, -1.06777877e-1,
                                       -6.34846687e-1, -1.28717512e-1, 0.0});
  HalideExpr large = subtract(1.0f, exponential(subtract(exponent, t)));
  HalideExpr p =
      polynomial(s, {-5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1});
  HalideExpr small = add(multiply(p, t), t);
  HalideExpr value = choose(less(0.927734375f, t), large, small);
  return choose(less(x, 0.0f), negate(value), value);
}

struct SineAndCosine {
  HalideExpr sine, cosine;
};

/// For |r| <= pi / 4; polynomials of Cephes' sinf and cosf.
SineAndCosine of_small_angle(const HalideExpr& r) {
  HalideExpr z = r * r;
  HalideExpr sine = polynomial(z, {-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1}) * z * r + r;
  HalideExpr cosine = polynomial(z, {2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2, -0.5, 1.0});
  return {sine, cosine};
}

HalideExpr sine_in_quadrant(const SineAndCosine& angle, const HalideExpr& quadrant) {
  HalideExpr value = choose((quadrant & 1) == 1, angle.cosine, angle.sine);
  return choose((quadrant & 2) == 2, negate(value), value);
}

/// sin(x + turn pi / 2). The angle is reduced in float64, so that it keeps its leading digits near multiples of pi; for
/// |x| > 1e9 the result is bounded, but no longer exact.
HalideExpr sine_of_shifted(const HalideExpr& x, int turn) {
  HalideExpr wide = cast<double>(x);
  HalideExpr k = Halide::floor(add(multiply(wide, 2 / M_PI), 0.5));
  HalideExpr r = wide;
  for (double part : {1.57079632673412561417, 6.07710050630396597660e-11, 2.02226624879595063154e-21})
    r = subtract(r, multiply(k, part));
  HalideExpr quarter = subtract(k, multiply(Halide::floor(multiply(k, 0.25)), 4.0));
  HalideExpr angle = between(cast<float>(r), -0.7854f, 0.7854f);
  return sine_in_quadrant(of_small_angle(angle), cast<int>(quarter) + turn);
}

/// log2 of a finite x > 0 in float64, relative error 1e-12: the exponent, and an odd series of (m - 1) / (m + 1).
HalideExpr wide_binary_logarithm(const HalideExpr& x) {
  const float smallest_normal = std::numeric_limits<float>::min();
  HalideExpr tiny = less(x, smallest_normal);
  HalideExpr scaled = choose(tiny, multiply(x, 8388608.0f), x);
  HalideExpr bits = reinterpret<int>(choose(less_equal(smallest_normal, scaled), scaled, 1.0f));
  HalideExpr exponent = (bits - 0x3f3504f3) >> 23;
  HalideExpr m = cast<double>(reinterpret<float>(bits - (exponent << 23)));
  HalideExpr s = divide(subtract(m, 1.0), add(m, 1.0));
  HalideExpr series =
      polynomial(s * s, {1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3, 1.0});
  HalideExpr e = cast<double>(exponent - Halide::select(tiny, 23, 0));
  return add(e, multiply(multiply(s, series), 2 / M_LN2));
}

/// 2^y of a float64 y in [-160, 160].
HalideExpr wide_power_of_two(const HalideExpr& y) {
  HalideExpr n = Halide::floor(add(y, 0.5));
  HalideExpr r = multiply(subtract(y, n), M_LN2);
  HalideExpr value = polynomial(r, {1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120,
                                    1.0 / 24, 1.0 / 6, 0.5, 1.0, 1.0});
  HalideExpr scale = reinterpret<double>(cast<uint64_t>(cast<int>(n) + 1023) << cast<uint64_t>(52));
  return multiply(value, scale);
}

/// |a|^b by 2^(b log2 |a|) in float64, then the sign and the special values of C's pow.
HalideExpr general_power(const HalideExpr& a, const HalideExpr& b) {
  HalideExpr size = Halide::abs(a);
  // Times b and cut to [-160, 160] these give 0 or infinity as they should.
  HalideExpr logarithm =
      choose(equals(size, 0.0f), -1e30, choose(equals(size, infinity), 1e30, wide_binary_logarithm(size)));
  HalideExpr exponent = between(multiply(cast<double>(b), logarithm), -160.0f, 160.0f);
  HalideExpr value = cast<float>(wide_power_of_two(exponent));
  HalideExpr whole = equals(Halide::floor(b), b);
  HalideExpr half = multiply(b, 0.5f);
  HalideExpr odd = whole && !equals(Halide::floor(half), half);
  HalideExpr negative =
      choose(whole, choose(odd, negate(value), value), choose(equals(size, infinity), value, quiet_nan()));
  HalideExpr result = choose(less(a, 0.0f), negative, value);
  HalideExpr one = equals(b, 0.0f) || equals(a, 1.0f) || (equals(a, -1.0f) && equals(Halide::abs(b), infinity));
  return choose(one, 1.0f, choose(not_a_number(a), a, choose(not_a_number(b), b, result)));
}

HalideExpr power(const HalideExpr& a, const HalideExpr& b) {
  if (const auto* exponent = b.as<Halide::Internal::FloatImm>()) {
    if (exponent->value == 0) return HalideExpr(1.0f);
    if (exponent->value == 1) return a;
    if (exponent->value == 2) return multiply(a, a);
    if (exponent->value == 3) return multiply(multiply(a, a), a);
    if (exponent->value == -1) return divide(1.0f, a);
  }
  return general_power(a, b);
}

/// Whether a number is not 0; of a number made by `number_of`, its condition.
HalideExpr truth(const HalideExpr& a) {
  const auto* number = a.as<Halide::Internal::Select>();
  const bool plain = number && Halide::Internal::is_const_one(number->true_value) &&
                     Halide::Internal::is_const_zero(number->false_value);
  return plain ? number->condition : !equals(a, 0.0f);
}

HalideExpr remainder(const HalideExpr& a, const HalideExpr& b) {
  return subtract(a, multiply(b, Halide::floor(divide(a, b))));
}

}  // namespace

HalideExpr number_of(HalideExpr condition) { return choose(std::move(condition), 1.0f, 0.0f); }

HalideExpr natural_logarithm(HalideExpr x) {
  HalideExpr value = logarithm_of_positive(x);
  return choose(less(0.0f, x) && less(x, infinity), value,
                choose(equals(x, 0.0f), -infinity, choose(less(x, 0.0f), quiet_nan(), x)));
}

HalideExpr cosine_of_turns(HalideExpr turns) {
  HalideExpr quarters = multiply(turns, 4.0f);
  HalideExpr k = Halide::floor(add(quarters, 0.5f));
  HalideExpr angle = multiply(subtract(quarters, k), static_cast<float>(M_PI_2));
  return sine_in_quadrant(of_small_angle(angle), cast<int>(k) + 1);
}

namespace {

using Arguments = std::vector<HalideExpr>;
struct Row {
  Function function;
  HalideExpr (*lowered)(const Arguments& a);
};
constexpr Row rows[] = {
    {Function::Add, [](const Arguments& a) { return add(a[0], a[1]); }},
    {Function::Subtract, [](const Arguments& a) { return subtract(a[0], a[1]); }},
    {Function::Multiply, [](const Arguments& a) { return multiply(a[0], a[1]); }},
    {Function::Divide, [](const Arguments& a) { return divide(a[0], a[1]); }},
    {Function::Power, [](const Arguments& a) { return power(a[0], a[1]); }},
    {Function::Negate, [](const Arguments& a) { return negate(a[0]); }},
    {Function::Absolute, [](const Arguments& a) { return Halide::abs(a[0]); }},
    {Function::Exp, [](const Arguments& a) { return exponential(a[0]); }},
    {Function::Log, [](const Arguments& a) { return natural_logarithm(a[0]); }},
    {Function::Log1p, [](const Arguments& a) { return logarithm_of_one_plus(a[0]); }},
    {Function::Expm1, [](const Arguments& a) { return exponential_minus_one(a[0]); }},
    {Function::Sqrt, [](const Arguments& a) { return Halide::sqrt(a[0]); }},
    {Function::Sin, [](const Arguments& a) { return sine_of_shifted(a[0], 0); }},
    {Function::Cos, [](const Arguments& a) { return sine_of_shifted(a[0], 1); }},
    {Function::Tanh, [](const Arguments& a) { return hyperbolic_tangent(a[0]); }},
    {Function::Sigmoid, [](const Arguments& a) { return logistic(a[0]); }},
    {Function::Erf, [](const Arguments& a) { return error_function(a[0]); }},
    {Function::Floor, [](const Arguments& a) { return Halide::floor(a[0]); }},
    {Function::Minimum, [](const Arguments& a) { return minimum(a[0], a[1]); }},
    {Function::Maximum, [](const Arguments& a) { return maximum(a[0], a[1]); }},
    {Function::Remainder, [](const Arguments& a) { return remainder(a[0], a[1]); }},
    {Function::Equal, [](const Arguments& a) { return number_of(equals(a[0], a[1])); }},
    {Function::Unequal, [](const Arguments& a) { return number_of(!equals(a[0], a[1])); }},
    {Function::Less, [](const Arguments& a) { return number_of(less(a[0], a[1])); }},
    {Function::LessEqual, [](const Arguments& a) { return number_of(less_equal(a[0], a[1])); }},
    {Function::And, [](const Arguments& a) { return number_of(truth(a[0]) && truth(a[1])); }},
    {Function::Or, [](const Arguments& a) { return number_of(truth(a[0]) || truth(a[1])); }},
    {Function::Not, [](const Arguments& a) { return number_of(equals(a[0], 0.0f)); }},
    {Function::Select, [](const Arguments& a) { return choose(truth(a[0]), a[1], a[2]); }},
    {Function::StopGradient, [](const Arguments& a) { return a[0]; }},
    {Function::Softplus, [](const Arguments& a) { return softplus(a[0]); }},
    {Function::LogSigmoid, [](const Arguments& a) { return negate(softplus(negate(a[0]))); }},
};
static_assert(covers_functions(rows));

}  // namespace

HalideExpr scalar_function(Function function, const std::vector<HalideExpr>& arguments) {
  return rows[static_cast<size_t>(function)].lowered(arguments);
}

}  // namespace dnnc
