#include "compiler/sema/names/number.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <regex>

#include "compiler/sema/names/operator_meaning.h"

namespace dnnc {
namespace {

using Wide = __int128;

Wide greatest_common_divisor(Wide a, Wide b) {
  while (b != 0) {
    Wide rest = a % b;
    a = b;
    b = rest;
  }
  return a < 0 ? -a : a;
}

/// The fraction in lowest terms, or the nearest float64 where it does not fit.
Number reduced(Wide numerator, Wide denominator) {
  if (denominator < 0) {
    numerator = -numerator;
    denominator = -denominator;
  }
  if (Wide divisor = greatest_common_divisor(numerator, denominator); divisor > 1) {
    numerator /= divisor;
    denominator /= divisor;
  }
  constexpr Wide most = std::numeric_limits<int64_t>::max();
  if (numerator > most || numerator < -most || denominator > most)
    return inexact(static_cast<double>(numerator) / static_cast<double>(denominator));
  return Number{true, static_cast<int64_t>(numerator), static_cast<int64_t>(denominator), 0};
}

Number sum(const Number& a, const Number& b, int sign) {
  if (!a.exact || !b.exact) return inexact(value_of(a) + sign * value_of(b));
  return reduced(Wide{a.numerator} * b.denominator + sign * (Wide{b.numerator} * a.denominator),
                 Wide{a.denominator} * b.denominator);
}

Number product(const Number& a, const Number& b) {
  if (!a.exact || !b.exact) return inexact(value_of(a) * value_of(b));
  return reduced(Wide{a.numerator} * b.numerator, Wide{a.denominator} * b.denominator);
}

bool is_zero(const Number& a) { return a.exact ? a.numerator == 0 : a.inexact == 0; }

std::optional<Number> quotient(const Number& a, const Number& b) {
  if (is_zero(b)) return std::nullopt;
  if (!a.exact || !b.exact) return inexact(value_of(a) / value_of(b));
  return reduced(Wide{a.numerator} * b.denominator, Wide{a.denominator} * b.numerator);
}

Number rounded_down(const Number& a) {
  if (!a.exact) return inexact(std::floor(a.inexact));
  int64_t down = a.numerator / a.denominator;
  if (a.numerator % a.denominator < 0) --down;
  return whole(down);
}

std::optional<Number> remainder(const Number& a, const Number& b) {
  std::optional<Number> times = quotient(a, b);
  if (!times) return std::nullopt;
  return sum(a, product(rounded_down(*times), b), -1);
}

/// Exact for whole exponents as long as it fits.
std::optional<Number> power(const Number& base, const Number& exponent) {
  std::optional<int64_t> times = exponent.exact ? whole_value(exponent) : std::nullopt;
  if (times && base.exact && *times >= -1024 && *times <= 1024) {
    Number result = whole(1);
    for (int64_t i = 0; i < std::abs(*times) && result.exact; ++i) result = product(result, base);
    if (result.exact) return *times < 0 ? quotient(whole(1), result) : result;
  }
  double value = std::pow(value_of(base), value_of(exponent));
  if (std::isnan(value)) return std::nullopt;
  return inexact(value);
}

Number truth(bool holds) { return whole(holds ? 1 : 0); }

/// What a function makes of fractions, where it keeps them; null where its value is that of float64.
struct ExactRow {
  Function function;
  std::optional<Number> (*value)(const Number* arguments) = nullptr;
};

using Exact = std::optional<Number>;
constexpr ExactRow exact_rows[] = {
    {Function::Add, [](const Number* a) -> Exact { return sum(a[0], a[1], 1); }},
    {Function::Subtract, [](const Number* a) -> Exact { return sum(a[0], a[1], -1); }},
    {Function::Multiply, [](const Number* a) -> Exact { return product(a[0], a[1]); }},
    {Function::Divide, [](const Number* a) { return quotient(a[0], a[1]); }},
    {Function::Power, [](const Number* a) { return power(a[0], a[1]); }},
    {Function::Negate, [](const Number* a) -> Exact { return negate(a[0]); }},
    {Function::Absolute, [](const Number* a) -> Exact { return compare(a[0], whole(0)) < 0 ? negate(a[0]) : a[0]; }},
    {Function::Exp},
    {Function::Log},
    {Function::Log1p},
    {Function::Expm1},
    {Function::Sqrt},
    {Function::Sin},
    {Function::Cos},
    {Function::Tanh},
    {Function::Sigmoid},
    {Function::Erf},
    {Function::Floor, [](const Number* a) -> Exact { return rounded_down(a[0]); }},
    {Function::Minimum, [](const Number* a) -> Exact { return compare(a[1], a[0]) < 0 ? a[1] : a[0]; }},
    {Function::Maximum, [](const Number* a) -> Exact { return compare(a[1], a[0]) > 0 ? a[1] : a[0]; }},
    {Function::Remainder, [](const Number* a) { return remainder(a[0], a[1]); }},
    {Function::Equal, [](const Number* a) -> Exact { return truth(compare(a[0], a[1]) == 0); }},
    {Function::Unequal, [](const Number* a) -> Exact { return truth(compare(a[0], a[1]) != 0); }},
    {Function::Less, [](const Number* a) -> Exact { return truth(compare(a[0], a[1]) < 0); }},
    {Function::LessEqual, [](const Number* a) -> Exact { return truth(compare(a[0], a[1]) <= 0); }},
    {Function::And, [](const Number* a) -> Exact { return truth(is_true(a[0]) && is_true(a[1])); }},
    {Function::Or, [](const Number* a) -> Exact { return truth(is_true(a[0]) || is_true(a[1])); }},
    {Function::Not, [](const Number* a) -> Exact { return truth(!is_true(a[0])); }},
    {Function::Select, [](const Number* a) -> Exact { return is_true(a[0]) ? a[1] : a[2]; }},
    {Function::StopGradient},
    {Function::Softplus},
    {Function::LogSigmoid},
};
static_assert(covers_functions(exact_rows));

}  // namespace

Number whole(int64_t value) { return Number{true, value, 1, 0}; }
Number fraction(int64_t numerator, int64_t denominator) { return reduced(numerator, denominator); }
Number inexact(double value) { return Number{false, 0, 1, value}; }

double value_of(const Number& number) {
  if (!number.exact) return number.inexact;
  return static_cast<double>(number.numerator) / static_cast<double>(number.denominator);
}

std::optional<int64_t> whole_value(const Number& number) {
  if (number.exact) return number.denominator == 1 ? std::optional(number.numerator) : std::nullopt;
  if (std::floor(number.inexact) != number.inexact || std::fabs(number.inexact) > 1e15) return std::nullopt;
  return static_cast<int64_t>(number.inexact);
}

bool fits_f32(const Number& number) {
  constexpr double least_infinite = 0x1.ffffffp127;  // half way from the largest to what would be the next
  return std::fabs(value_of(number)) < least_infinite;
}

std::string text_of(const Number& number) {
  if (!number.exact) return fmt::format("{}", number.inexact);
  if (number.denominator == 1) return fmt::format("{}", number.numerator);
  // A decimal where it is short, as it was written: 0.5, not 1/2.
  std::string decimal = fmt::format("{}", value_of(number));
  std::optional<Number> read = number_of_text(decimal);
  bool exact = read && *read == number;
  return exact ? decimal : fmt::format("{}/{}", number.numerator, number.denominator);
}

std::optional<Number> number_of_text(const std::string& text) {
  Wide digits = 0, scale = 1;
  bool after_point = false, fits = true, negative = false;
  size_t at = 0;
  if (at < text.size() && text[at] == '-') negative = true, ++at;
  constexpr Wide most = Wide{1} << 100;
  for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
    if (text[at] == '_') continue;
    if (text[at] == '.') {
      after_point = true;
      continue;
    }
    digits = digits * 10 + (text[at] - '0');
    if (after_point) scale *= 10;
    fits = fits && digits < most && scale < most;
    if (!fits) break;
  }
  if (fits && digits == 0) return whole(0);
  // What is beyond these does not fit, however many digits there are.
  constexpr long most_exponent = 1000;
  const long exponent = at < text.size() && fits ? std::strtol(text.c_str() + at + 1, nullptr, 10) : 0;
  const long times = std::labs(std::clamp(exponent, -most_exponent, most_exponent));
  for (long i = 0; fits && i < times; ++i) {
    (exponent < 0 ? scale : digits) *= 10;
    fits = digits < most && scale < most;
  }
  if (fits) return reduced(negative ? -digits : digits, scale);
  std::string plain;
  for (char c : text)
    if (c != '_') plain += c;
  double value = std::strtod(plain.c_str(), nullptr);
  return std::isfinite(value) ? std::optional(inexact(value)) : std::nullopt;
}

int compare(const Number& left, const Number& right) {
  if (left.exact && right.exact) {
    Wide a = Wide{left.numerator} * right.denominator, b = Wide{right.numerator} * left.denominator;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  double a = value_of(left), b = value_of(right);
  return a < b ? -1 : a > b ? 1 : 0;
}

bool is_literal(const std::string& text) {
  static const std::regex form(R"(-?[0-9][0-9_]*((\.[0-9]+)?([eE][+-]?[0-9]+)?%?|(x[0-9]+)+))");
  return std::regex_match(text, form);
}

bool is_rounded(Function function) {
  return !exact_rows[static_cast<size_t>(function)].value && function != Function::StopGradient;
}

std::optional<Number> apply_function(Function function, const std::vector<Number>& arguments) {
  if (const ExactRow& row = exact_rows[static_cast<size_t>(function)]; row.value) return row.value(arguments.data());
  std::vector<double> values;
  for (const Number& argument : arguments) values.push_back(value_of(argument));
  const double value = evaluate(function, values.data());
  return std::isfinite(value) ? std::optional(inexact(value)) : std::nullopt;
}

std::optional<Number> apply_operator(ast::BinaryOperator op, const Number& left, const Number& right) {
  const OperatorMeaning meaning = meaning_of(op);
  std::optional<Number> value = meaning.swapped ? apply_function(meaning.function, {right, left})
                                                : apply_function(meaning.function, {left, right});
  return value && meaning.floored ? apply_function(Function::Floor, {*value}) : value;
}

Number negate(const Number& number) {
  if (!number.exact) return inexact(-number.inexact);
  return Number{true, -number.numerator, number.denominator, 0};
}

bool is_true(const Number& number) { return !is_zero(number); }

}  // namespace dnnc
