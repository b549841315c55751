#include "compiler/ir/functions.h"

#include <algorithm>
#include <numbers>
#include <string>

#include "compiler/ir/affine.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

// Derivatives.

using Arguments = std::vector<Expr>;

Expr unary(Function function, const Expr& a) { return call(function, {a}); }
Expr where(Function comparison, const Expr& a, const Expr& b, Expr then, Expr otherwise) {
  return call(Function::Select, {call(comparison, {a, b}), std::move(then), std::move(otherwise)});
}
Expr one_where(Function comparison, const Expr& a, const Expr& b) {
  return where(comparison, a, b, constant(1), constant(0));
}
/// base ^ (exponent - 1)
Expr lower_power(const Expr& base, const Expr& exponent) {
  const auto* number = std::get_if<Constant>(&exponent->kind);
  if (number && number->value == 2) return base;
  return call(Function::Power, {base, number ? constant(number->value - 1) : exponent - constant(1)});
}
Expr sign(const Expr& a) {
  return where(Function::Less, constant(0), a, constant(1),
               where(Function::Less, a, constant(0), constant(-1), constant(0)));
}

Expr one(const Arguments&, const Expr&) { return constant(1); }
Expr minus_one(const Arguments&, const Expr&) { return constant(-1); }

// Sizes of which rounding makes a share. The usual formulas of sin, tanh, log near 1, ... cancel: theirs is at least 1.

double own_size(const double*, double size) { return size; }
double at_least_one(const double*, double size) { return std::max(1.0, size); }
double of_argument(const double* a, double) { return std::max(1.0, std::fabs(a[0])); }
double of_power(const double* a, double size) {
  return size * (1 + (a[0] > 0 ? std::fabs(a[1] * std::log(a[0])) : std::fabs(a[1])));
}
double of_both_arguments(const double* a, double) { return std::fabs(a[0]) + std::fabs(a[1]); }

constexpr Rounding of_arithmetic{2, own_size}, of_exponential{16, own_size}, of_series{16, at_least_one};

// Ranges of whole numbers.

using Range = std::optional<Interval>;

template <auto rule>
Range of_two(const Range* a) {
  return a[0] && a[1] ? Range(rule(*a[0], *a[1])) : std::nullopt;
}
Interval range_of_sum(const Interval& a, const Interval& b) { return {a.low + b.low, a.high + b.high}; }
Interval range_of_difference(const Interval& a, const Interval& b) { return {a.low - b.high, a.high - b.low}; }
Interval range_of_minimum(const Interval& a, const Interval& b) {
  return {std::min(a.low, b.low), std::min(a.high, b.high)};
}
Interval range_of_maximum(const Interval& a, const Interval& b) {
  return {std::max(a.low, b.low), std::max(a.high, b.high)};
}
Range range_of_choice(const Range* a) {
  return a[1] && a[2] ? Range({std::min(a[1]->low, a[2]->low), std::max(a[1]->high, a[2]->high)}) : std::nullopt;
}

constexpr int transcendental = 10;
constexpr auto sometimes = FunctionInfo::Finite::Sometimes;

constexpr auto table = [] {
  std::array rows = {
      FunctionInfo{.function = Function::Add,
                   .derivatives = {one, one},
                   .rounding = of_arithmetic,
                   .range = of_two<range_of_sum>},
      FunctionInfo{.function = Function::Subtract,
                   .derivatives = {one, minus_one},
                   .rounding = of_arithmetic,
                   .range = of_two<range_of_difference>},
      FunctionInfo{.function = Function::Multiply,
                   .derivatives = {[](const Arguments& a, const Expr&) { return a[1]; },
                                   [](const Arguments& a, const Expr&) { return a[0]; }},
                   .rounding = of_arithmetic},
      FunctionInfo{.function = Function::Divide,
                   .derivatives = {[](const Arguments& a, const Expr&) { return constant(1) / a[1]; },
                                   [](const Arguments& a, const Expr& value) { return -(value / a[1]); }},
                   .rounding = {3, own_size},
                   .finite = sometimes},
      // By the exponent at base 0 the limit from above is taken: 0.
      FunctionInfo{.function = Function::Power,
                   .derivatives = {[](const Arguments& a, const Expr&) { return a[1] * lower_power(a[0], a[1]); },
                                   [](const Arguments& a, const Expr& value) {
                                     return where(Function::Equal, a[0], constant(0), constant(0),
                                                  value * unary(Function::Log, a[0]));
                                   }},
                   .work = transcendental,
                   .rounding = {16, of_power},
                   .finite = FunctionInfo::Finite::WholePowers},
      FunctionInfo{.function = Function::Negate, .derivatives = {minus_one}},
      FunctionInfo{.function = Function::Absolute,
                   .derivatives = {[](const Arguments& a, const Expr&) { return sign(a[0]); }}},
      FunctionInfo{.function = Function::Exp,
                   .derivatives = {[](const Arguments&, const Expr& value) { return value; }},
                   .work = transcendental,
                   .rounding = of_exponential,
                   .finite = sometimes,
                   .rises = true},
      FunctionInfo{.function = Function::Log,
                   .derivatives = {[](const Arguments& a, const Expr&) { return constant(1) / a[0]; }},
                   .work = transcendental,
                   .rounding = of_series,
                   .finite = sometimes,
                   .rises = true},
      FunctionInfo{.function = Function::Log1p,
                   .derivatives = {[](const Arguments& a, const Expr&) { return constant(1) / (constant(1) + a[0]); }},
                   .work = transcendental,
                   .rounding = of_series,
                   .finite = sometimes,
                   .rises = true},
      FunctionInfo{.function = Function::Expm1,
                   .derivatives = {[](const Arguments& a, const Expr&) { return unary(Function::Exp, a[0]); }},
                   .work = transcendental,
                   .rounding = of_series,
                   .finite = sometimes,
                   .rises = true},
      FunctionInfo{.function = Function::Sqrt,
                   .derivatives = {[](const Arguments&, const Expr& value) { return constant(0.5) / value; }},
                   .rounding = of_arithmetic,
                   .finite = sometimes,
                   .rises = true},
      FunctionInfo{.function = Function::Sin,
                   .derivatives = {[](const Arguments& a, const Expr&) { return unary(Function::Cos, a[0]); }},
                   .work = transcendental,
                   .rounding = {16, of_argument}},
      FunctionInfo{.function = Function::Cos,
                   .derivatives = {[](const Arguments& a, const Expr&) { return -unary(Function::Sin, a[0]); }},
                   .work = transcendental,
                   .rounding = {16, of_argument}},
      FunctionInfo{.function = Function::Tanh,
                   .derivatives = {[](const Arguments&, const Expr& value) { return constant(1) - value * value; }},
                   .work = transcendental,
                   .rounding = of_series,
                   .rises = true},
      FunctionInfo{.function = Function::Sigmoid,
                   .derivatives = {[](const Arguments&, const Expr& value) { return value * (constant(1) - value); }},
                   .work = transcendental,
                   .rounding = of_exponential,
                   .rises = true},
      FunctionInfo{.function = Function::Erf,
                   .derivatives = {[](const Arguments& a, const Expr&) {
                     return constant(2 * std::numbers::inv_sqrtpi) * unary(Function::Exp, -(a[0] * a[0]));
                   }},
                   .work = transcendental,
                   .rounding = of_series,
                   .rises = true},
      FunctionInfo{.function = Function::Floor, .rises = true},
      FunctionInfo{
          .function = Function::Minimum,
          .derivatives = {[](const Arguments& a, const Expr&) { return one_where(Function::LessEqual, a[0], a[1]); },
                          [](const Arguments& a, const Expr&) { return one_where(Function::Less, a[1], a[0]); }},
          .range = of_two<range_of_minimum>},
      FunctionInfo{
          .function = Function::Maximum,
          .derivatives = {[](const Arguments& a, const Expr&) { return one_where(Function::LessEqual, a[1], a[0]); },
                          [](const Arguments& a, const Expr&) { return one_where(Function::Less, a[0], a[1]); }},
          .range = of_two<range_of_maximum>},
      FunctionInfo{
          .function = Function::Remainder,
          .derivatives = {one, [](const Arguments& a, const Expr&) { return -unary(Function::Floor, a[0] / a[1]); }},
          .rounding = {4, of_both_arguments},
          .finite = sometimes},
      FunctionInfo{.function = Function::Equal, .truth = true, .at_equal = true},
      FunctionInfo{.function = Function::Unequal, .truth = true, .at_equal = false},
      FunctionInfo{.function = Function::Less, .truth = true, .at_equal = false},
      FunctionInfo{.function = Function::LessEqual, .truth = true, .at_equal = true},
      FunctionInfo{.function = Function::And, .truth = true},
      FunctionInfo{.function = Function::Or, .truth = true},
      FunctionInfo{.function = Function::Not, .truth = true},
      FunctionInfo{
          .function = Function::Select,
          .derivatives = {
              nullptr,
              [](const Arguments& a, const Expr&) { return call(Function::Select, {a[0], constant(1), constant(0)}); },
              [](const Arguments& a, const Expr&) { return call(Function::Select, {a[0], constant(0), constant(1)}); }},
          .operations = 0,
          .range = range_of_choice},
      FunctionInfo{.function = Function::StopGradient, .operations = 0, .range = [](const Range* a) { return a[0]; }},
      FunctionInfo{.function = Function::Softplus,
                   .derivatives = {[](const Arguments& a, const Expr&) { return unary(Function::Sigmoid, a[0]); }},
                   .work = transcendental,
                   .rounding = of_series,
                   .rises = true},
      FunctionInfo{.function = Function::LogSigmoid,
                   .derivatives = {[](const Arguments& a, const Expr&) { return unary(Function::Sigmoid, -a[0]); }},
                   .work = transcendental,
                   .rounding = of_series,
                   .rises = true},
  };
  for (FunctionInfo& row : rows) {
    const runtime::FunctionValue& what = row_of(row.function);
    row.name = what.name;
    row.arity = what.arity;
    row.value = what.value;
  }
  return rows;
}();
static_assert(covers_functions(table));

}  // namespace

std::span<const FunctionInfo> all_functions() { return table; }

const FunctionInfo& info(Function function) { return table.at(static_cast<size_t>(function)); }

std::optional<Function> function_named(std::string_view name) {
  const runtime::FunctionValue* found = runtime::function_named(name);
  return found ? std::optional(found->function) : std::nullopt;
}

double evaluate(Function function, const double* arguments) { return info(function).value(arguments); }

bool has_derivative(Function function, size_t by) { return info(function).derivatives.at(by) != nullptr; }

Expr derivative(Function function, size_t by, const std::vector<Expr>& arguments, const Expr& value) {
  const DerivativeRule rule = info(function).derivatives.at(by);
  check(rule != nullptr, std::string("derivatives: none of ") + info(function).name);
  return rule(arguments, value);
}

}  // namespace dnnc
