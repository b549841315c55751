#include "compiler/ir/derivatives.h"

#include <numbers>

#include "compiler/support/check.h"

namespace dnnc {
namespace {

using Arguments = std::vector<Expr>;
using Rule = Expr (*)(const Arguments& a, const Expr& value);

/// One rule for each argument; nullptr where there is no derivative.
struct Row {
  Function function;
  std::vector<Rule> rules;
};

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

Expr one(const Arguments&, const Expr&) { return constant(1); }
Expr minus_one(const Arguments&, const Expr&) { return constant(-1); }

const std::vector<Row>& table() {
  static const std::vector<Row> rows = {
      {Function::Add, {one, one}},
      {Function::Subtract, {one, minus_one}},
      {Function::Multiply,
       {[](const Arguments& a, const Expr&) { return a[1]; }, [](const Arguments& a, const Expr&) { return a[0]; }}},
      {Function::Divide,
       {[](const Arguments& a, const Expr&) { return constant(1) / a[1]; },
        [](const Arguments& a, const Expr& value) { return -(value / a[1]); }}},
      // By the exponent at base 0 the limit from above is taken: 0.
      {Function::Power,
       {[](const Arguments& a, const Expr&) { return a[1] * lower_power(a[0], a[1]); },
        [](const Arguments& a, const Expr& value) {
          return where(Function::Equal, a[0], constant(0), constant(0), value * unary(Function::Log, a[0]));
        }}},
      {Function::Negate, {minus_one}},
      {Function::Absolute, {[](const Arguments& a, const Expr&) {
         Expr negative = where(Function::Less, a[0], constant(0), constant(-1), constant(0));
         return where(Function::Less, constant(0), a[0], constant(1), negative);
       }}},
      {Function::Exp, {[](const Arguments&, const Expr& value) { return value; }}},
      {Function::Log, {[](const Arguments& a, const Expr&) { return constant(1) / a[0]; }}},
      {Function::Log1p, {[](const Arguments& a, const Expr&) { return constant(1) / (constant(1) + a[0]); }}},
      {Function::Expm1, {[](const Arguments& a, const Expr&) { return unary(Function::Exp, a[0]); }}},
      {Function::Sqrt, {[](const Arguments&, const Expr& value) { return constant(0.5) / value; }}},
      {Function::Sin, {[](const Arguments& a, const Expr&) { return unary(Function::Cos, a[0]); }}},
      {Function::Cos, {[](const Arguments& a, const Expr&) { return -unary(Function::Sin, a[0]); }}},
      {Function::Tanh, {[](const Arguments&, const Expr& value) { return constant(1) - value * value; }}},
      {Function::Sigmoid, {[](const Arguments&, const Expr& value) { return value * (constant(1) - value); }}},
      {Function::Erf, {[](const Arguments& a, const Expr&) {
         return constant(2 * std::numbers::inv_sqrtpi) * unary(Function::Exp, -(a[0] * a[0]));
       }}},
      {Function::Floor, {nullptr}},
      {Function::Minimum,
       {[](const Arguments& a, const Expr&) { return one_where(Function::LessEqual, a[0], a[1]); },
        [](const Arguments& a, const Expr&) { return one_where(Function::Less, a[1], a[0]); }}},
      {Function::Maximum,
       {[](const Arguments& a, const Expr&) { return one_where(Function::LessEqual, a[1], a[0]); },
        [](const Arguments& a, const Expr&) { return one_where(Function::Less, a[0], a[1]); }}},
      {Function::Remainder,
       {one, [](const Arguments& a, const Expr&) { return -unary(Function::Floor, a[0] / a[1]); }}},
      {Function::Equal, {nullptr, nullptr}},
      {Function::Unequal, {nullptr, nullptr}},
      {Function::Less, {nullptr, nullptr}},
      {Function::LessEqual, {nullptr, nullptr}},
      {Function::And, {nullptr, nullptr}},
      {Function::Or, {nullptr, nullptr}},
      {Function::Not, {nullptr}},
      {Function::Select,
       {nullptr,
        [](const Arguments& a, const Expr&) { return call(Function::Select, {a[0], constant(1), constant(0)}); },
        [](const Arguments& a, const Expr&) { return call(Function::Select, {a[0], constant(0), constant(1)}); }}},
      {Function::StopGradient, {nullptr}},
      {Function::Softplus, {[](const Arguments& a, const Expr&) { return unary(Function::Sigmoid, a[0]); }}},
      {Function::LogSigmoid, {[](const Arguments& a, const Expr&) { return unary(Function::Sigmoid, -a[0]); }}},
  };
  return rows;
}

Rule rule(Function function, size_t by) {
  const Row& row = table().at(static_cast<size_t>(function));
  check(row.function == function, std::string("derivatives: out of order: ") + info(function).name);
  return row.rules.at(by);
}

}  // namespace

bool has_derivative(Function function, size_t by) { return rule(function, by) != nullptr; }

Expr derivative(Function function, size_t by, const std::vector<Expr>& arguments, const Expr& value) {
  Rule found = rule(function, by);
  check(found != nullptr, std::string("derivatives: none of ") + info(function).name);
  return found(arguments, value);
}

}  // namespace dnnc
