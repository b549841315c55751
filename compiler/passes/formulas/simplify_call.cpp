#include "compiler/passes/formulas/simplify_call.h"

#include <algorithm>
#include <cmath>

#include "compiler/ir/affine.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

const double* number(const Expr& expression) {
  const auto* found = std::get_if<Constant>(&expression->kind);
  return found ? &found->value : nullptr;
}

/// Gives 1 or 0 and nothing else.
bool is_truth(const Expr& expression) {
  if (const auto* found = std::get_if<Call>(&expression->kind)) return info(found->function).truth;
  return is_number(expression, 0) || is_number(expression, 1);
}

/// Made of indices and comparisons only, so that 0 times it is 0.
bool is_surely_finite(const Expr& expression) {
  return std::holds_alternative<IndexValue>(expression->kind) || is_truth(expression);
}

bool is_whole(double value) { return std::floor(value) == value && std::fabs(value) < 0x1p53; }

/// The expression as a sum of indices.
std::optional<Affine> as_affine(const Expr& expression) {
  if (const auto* index = std::get_if<IndexValue>(&expression->kind)) return index->value;
  const double* value = number(expression);
  if (value && is_whole(*value)) return affine_constant(static_cast<int64_t>(*value));
  return std::nullopt;
}

Expr from_affine(const Affine& value) {
  return is_constant(value) ? constant(static_cast<double>(value.offset)) : index_value(value);
}

/// 1 / value is exact: dividing by it and multiplying by its inverse round alike.
bool has_exact_inverse(double value) {
  int exponent = 0;
  return value != 0 && std::fabs(std::frexp(value, &exponent)) == 0.5 && std::abs(exponent) < 100;
}

class Rules {
 public:
  explicit Rules(const DifferenceRange& difference) : difference_(difference) {}

  Expr run(Function function, const std::vector<Expr>& a) const {
    if (std::all_of(a.begin(), a.end(), [](const Expr& e) { return number(e); })) return folded(function, a);
    if (Expr whole = of_indices(function, a)) return whole;
    const Rule rule = row_of(function).rule;
    return rule ? rule(*this, a) : call(function, a);
  }

 private:
  using Rule = Expr (*)(const Rules& rules, const std::vector<Expr>& arguments);
  /// What its algebra makes of a call; null where nothing.
  struct Row {
    Function function;
    Rule rule;
  };
  static const Row& row_of(Function function);

  template <Function function>
  static Expr compared(const Rules& rules, const std::vector<Expr>& a) {
    return rules.compare(function, a[0], a[1]);
  }
  /// Of two equal arguments it is either.
  template <Function function>
  static Expr extreme(const Rules&, const std::vector<Expr>& a) {
    return same(a[0], a[1]) ? a[0] : call(function, a);
  }

  static Expr folded(Function function, const std::vector<Expr>& a) {
    std::vector<double> values;
    for (const Expr& argument : a) values.push_back(*number(argument));
    return constant(evaluate(function, values.data()));
  }

  /// Sums of indices stay whole numbers made of indices.
  static Expr of_indices(Function function, const std::vector<Expr>& a) {
    std::vector<Affine> values;
    for (const Expr& argument : a) {
      std::optional<Affine> value = as_affine(argument);
      if (!value) return nullptr;
      values.push_back(*value);
    }
    if (function == Function::Add) return from_affine(values[0] + values[1]);
    if (function == Function::Subtract) return from_affine(values[0] - values[1]);
    if (function == Function::Negate) return from_affine(values[0] * -1);
    if (function == Function::Multiply && is_constant(values[1])) return from_affine(values[0] * values[1].offset);
    if (function == Function::Multiply && is_constant(values[0])) return from_affine(values[1] * values[0].offset);
    return nullptr;
  }

  Expr add(const Expr& a, const Expr& b) const {
    if (is_number(b, 0)) return a;
    if (is_number(a, 0)) return b;
    if (const Call* negative = call_of(b, Function::Negate)) return subtract(a, negative->arguments[0]);
    if (const Call* negative = call_of(a, Function::Negate)) return subtract(b, negative->arguments[0]);
    if (Expr joined = joined_choices(Function::Add, a, b)) return joined;
    return a + b;
  }

  /// select(c, x, 0) + select(c, 0, y) is select(c, x, y): what the two sides of an `if` add to a gradient.
  Expr joined_choices(Function function, const Expr& a, const Expr& b) const {
    const Call *one = call_of(a, Function::Select), *other = call_of(b, Function::Select);
    if (!one || !other || !same(one->arguments[0], other->arguments[0])) return nullptr;
    auto has_zero = [&](size_t side) {
      return is_number(one->arguments[side], 0) || is_number(other->arguments[side], 0);
    };
    if (!has_zero(1) || !has_zero(2)) return nullptr;
    return select(one->arguments[0], run(function, {one->arguments[1], other->arguments[1]}),
                  run(function, {one->arguments[2], other->arguments[2]}));
  }

  Expr subtract(const Expr& a, const Expr& b) const {
    if (is_number(b, 0)) return a;
    if (is_number(a, 0)) return negate(b);
    if (const Call* negative = call_of(b, Function::Negate)) return add(a, negative->arguments[0]);
    if (Expr joined = joined_choices(Function::Subtract, a, b)) return joined;
    return a - b;
  }

  Expr negate(const Expr& a) const {
    if (const double* value = number(a)) return constant(-*value);
    if (const Call* inner = call_of(a, Function::Negate)) return inner->arguments[0];
    if (const Call* inner = call_of(a, Function::Subtract)) return inner->arguments[1] - inner->arguments[0];
    for (const Call* inner : {scaling(a), sharing(a)})
      if (inner) return call(inner->function, {inner->arguments[0], constant(-*number(inner->arguments[1]))});
    return -a;
  }

  /// x * c with a constant c; x / c.
  static const Call* scaling(const Expr& a) {
    const Call* found = call_of(a, Function::Multiply);
    return found && number(found->arguments[1]) ? found : nullptr;
  }
  static const Call* sharing(const Expr& a) {
    const Call* found = call_of(a, Function::Divide);
    return found && number(found->arguments[1]) ? found : nullptr;
  }

  /// A constant factor stands last, and two of them become one, so that a sum can be relieved of it.
  Expr multiply(const Expr& a, const Expr& b) const {
    if (number(a)) return multiply(b, a);
    if (const double* factor = number(b)) return scaled(a, *factor);
    if (const Call* negative = call_of(a, Function::Negate)) return negate(multiply(negative->arguments[0], b));
    if (const Call* negative = call_of(b, Function::Negate)) return negate(multiply(a, negative->arguments[0]));
    if (const Call* inner = scaling(a)) return scaled(multiply(inner->arguments[0], b), *number(inner->arguments[1]));
    if (const Call* inner = scaling(b)) return scaled(multiply(a, inner->arguments[0]), *number(inner->arguments[1]));
    return a * b;
  }

  Expr scaled(const Expr& a, double factor) const {
    if (factor == 1) return a;
    if (factor == -1) return negate(a);
    if (factor == 0 && is_surely_finite(a)) return constant(0);
    if (const Call* negative = call_of(a, Function::Negate)) return scaled(negative->arguments[0], -factor);
    if (const Call* inner = scaling(a)) return scaled(inner->arguments[0], *number(inner->arguments[1]) * factor);
    if (const Call* inner = sharing(a)) return scaled(inner->arguments[0], factor / *number(inner->arguments[1]));
    return a * constant(factor);
  }

  Expr divide(const Expr& a, const Expr& b) const {
    if (const double* divisor = number(b)) return shared_out(a, *divisor);
    if (const Call* negative = call_of(a, Function::Negate)) return negate(divide(negative->arguments[0], b));
    if (const Call* negative = call_of(b, Function::Negate)) return negate(divide(a, negative->arguments[0]));
    if (const Call* inner = scaling(a)) return scaled(divide(inner->arguments[0], b), *number(inner->arguments[1]));
    return a / b;
  }

  Expr shared_out(const Expr& a, double divisor) const {
    if (divisor == 1) return a;
    if (divisor == -1) return negate(a);
    if (has_exact_inverse(divisor)) return scaled(a, 1 / divisor);
    if (const Call* inner = scaling(a)) return scaled(inner->arguments[0], *number(inner->arguments[1]) / divisor);
    if (const Call* inner = sharing(a)) return shared_out(inner->arguments[0], *number(inner->arguments[1]) * divisor);
    return a / constant(divisor);
  }

  Expr power(const Expr& a, const Expr& b) const {
    const double* exponent = number(b);
    if (!exponent) return call(Function::Power, {a, b});
    if (*exponent < 0) return divide(constant(1), power(a, constant(-*exponent)));
    if (*exponent == 0) return constant(1);
    if (*exponent == 0.5) return call(Function::Sqrt, {a});
    if (*exponent == 1) return a;
    if (*exponent == 2) return a * a;
    bool read = std::holds_alternative<Load>(a->kind);  // what is computed is not written out several times
    if (*exponent == 3 && read) return a * a * a;
    if (*exponent == 4 && read) return (a * a) * (a * a);
    return call(Function::Power, {a, b});
  }

  Expr compare(Function function, const Expr& a, const Expr& b) const {
    if (auto range = difference_(a, b)) {
      auto [low, high] = *range;
      bool never_equal = low > 0 || high < 0, always_equal = low == 0 && high == 0;
      if (function == Function::Equal && (never_equal || always_equal)) return constant(always_equal);
      if (function == Function::Unequal && (never_equal || always_equal)) return constant(never_equal);
      if (function == Function::Less && (high < 0 || low >= 0)) return constant(high < 0);
      if (function == Function::LessEqual && (high <= 0 || low > 0)) return constant(high <= 0);
    }
    if (function == Function::Unequal && is_number(b, 0) && is_truth(a)) return a;
    return call(function, {a, b});
  }

  static Expr truth_of(const Expr& a) { return is_truth(a) ? a : call(Function::Unequal, {a, constant(0)}); }
  static Expr both(const Expr& a, const Expr& b) {
    if (number(a)) return is_number(a, 0) ? constant(0) : truth_of(b);
    if (number(b)) return is_number(b, 0) ? constant(0) : truth_of(a);
    return same(a, b) ? truth_of(a) : call(Function::And, {a, b});
  }
  static Expr either(const Expr& a, const Expr& b) {
    if (number(a)) return is_number(a, 0) ? truth_of(b) : constant(1);
    if (number(b)) return is_number(b, 0) ? truth_of(a) : constant(1);
    return same(a, b) ? truth_of(a) : call(Function::Or, {a, b});
  }
  static Expr negation(const Expr& a) {
    if (const Call* inner = call_of(a, Function::Not)) return truth_of(inner->arguments[0]);
    if (const Call* inner = call_of(a, Function::Equal)) return call(Function::Unequal, inner->arguments);
    if (const Call* inner = call_of(a, Function::Unequal)) return call(Function::Equal, inner->arguments);
    return call(Function::Not, {a});
  }

  Expr select(const Expr& condition, Expr then, Expr otherwise) const {
    if (const double* decided = number(condition)) return *decided != 0 ? then : otherwise;
    if (const Call* inner = call_of(condition, Function::Not)) return select(inner->arguments[0], otherwise, then);
    const Call* nested = call_of(then, Function::Select);
    if (nested && same(nested->arguments[0], condition)) then = nested->arguments[1];
    nested = call_of(otherwise, Function::Select);
    if (nested && same(nested->arguments[0], condition)) otherwise = nested->arguments[2];
    if (same(then, otherwise)) return then;
    if (is_number(then, 1) && is_number(otherwise, 0)) return truth_of(condition);
    return call(Function::Select, {condition, then, otherwise});
  }

  const DifferenceRange& difference_;
};

const Rules::Row& Rules::row_of(Function function) {
  using Arguments = std::vector<Expr>;
  static constexpr Row rows[] = {
      {Function::Add, [](const Rules& rules, const Arguments& a) { return rules.add(a[0], a[1]); }},
      {Function::Subtract, [](const Rules& rules, const Arguments& a) { return rules.subtract(a[0], a[1]); }},
      {Function::Multiply, [](const Rules& rules, const Arguments& a) { return rules.multiply(a[0], a[1]); }},
      {Function::Divide, [](const Rules& rules, const Arguments& a) { return rules.divide(a[0], a[1]); }},
      {Function::Power, [](const Rules& rules, const Arguments& a) { return rules.power(a[0], a[1]); }},
      {Function::Negate, [](const Rules& rules, const Arguments& a) { return rules.negate(a[0]); }},
      {Function::Absolute, nullptr},
      {Function::Exp, nullptr},
      {Function::Log, nullptr},
      {Function::Log1p, nullptr},
      {Function::Expm1, nullptr},
      {Function::Sqrt, nullptr},
      {Function::Sin, nullptr},
      {Function::Cos, nullptr},
      {Function::Tanh, nullptr},
      {Function::Sigmoid, nullptr},
      {Function::Erf, nullptr},
      {Function::Floor, nullptr},
      {Function::Minimum, extreme<Function::Minimum>},
      {Function::Maximum, extreme<Function::Maximum>},
      {Function::Remainder, nullptr},
      {Function::Equal, compared<Function::Equal>},
      {Function::Unequal, compared<Function::Unequal>},
      {Function::Less, compared<Function::Less>},
      {Function::LessEqual, compared<Function::LessEqual>},
      {Function::And, [](const Rules&, const Arguments& a) { return both(a[0], a[1]); }},
      {Function::Or, [](const Rules&, const Arguments& a) { return either(a[0], a[1]); }},
      {Function::Not, [](const Rules&, const Arguments& a) { return negation(a[0]); }},
      {Function::Select, [](const Rules& rules, const Arguments& a) { return rules.select(a[0], a[1], a[2]); }},
      {Function::StopGradient, nullptr},
      {Function::Softplus, nullptr},
      {Function::LogSigmoid, nullptr},
  };
  static_assert(covers_functions(rows));
  return rows[static_cast<size_t>(function)];
}

}  // namespace

Expr simplified_call(Function function, const std::vector<Expr>& arguments, const DifferenceRange& difference) {
  return Rules(difference).run(function, arguments);
}

}  // namespace dnnc
