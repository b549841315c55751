#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dnnc::runtime {

/// The scalar functions of the language: formulas of the compiler are made of them, and so are the contracts that a trained
/// program settles. What the compiler knows about one stands in its row of compiler/ir/functions.cpp.
enum class Function : uint8_t {
  Add,
  Subtract,
  Multiply,
  Divide,
  Power,
  Negate,
  Absolute,
  Exp,
  Log,
  Log1p,
  Expm1,
  Sqrt,
  Sin,
  Cos,
  Tanh,
  Sigmoid,
  Erf,
  Floor,
  Minimum,
  Maximum,    ///< of two; at a tie the first; NaN if one is
  Remainder,  ///< a - b * floor(a / b)
  Equal,
  Unequal,
  Less,
  LessEqual,
  And,
  Or,
  Not,           ///< 1 or 0
  Select,        ///< select(c, a, b): a where c is not 0, else b
  StopGradient,  ///< its argument; derivative 0
  // Stable forms, made by the pass `stabilize` only.
  Softplus,    ///< log(1 + exp(x)), never overflowing
  LogSigmoid,  ///< log(sigmoid(x)), never -inf for finite x
};
inline constexpr size_t function_count = static_cast<size_t>(Function::LogSigmoid) + 1;

/// Whether `rows` has one row for each function, in order: what every table of functions asserts.
template <class Rows>
constexpr bool covers_functions(const Rows& rows) {
  size_t place = 0;
  for (const auto& row : rows)
    if (row.function != static_cast<Function>(place++)) return false;
  return place == function_count;
}

/// What a function is.
struct FunctionValue {
  Function function;
  const char* name;  ///< in the IR's text and in contracts: "add", "max"
  int arity;         ///< 1, 2 or 3
  double (*value)(const double* arguments);
  const char* sign = nullptr;  ///< of a comparison, as it is written between its arguments
};

inline double softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

/// No overflow on either side.
inline double sigmoid(double x) {
  if (x >= 0) return 1 / (1 + std::exp(-x));
  const double e = std::exp(x);
  return e / (1 + e);
}

inline constexpr FunctionValue function_values[] = {
    {Function::Add, "add", 2, [](const double* a) { return a[0] + a[1]; }},
    {Function::Subtract, "subtract", 2, [](const double* a) { return a[0] - a[1]; }},
    {Function::Multiply, "multiply", 2, [](const double* a) { return a[0] * a[1]; }},
    {Function::Divide, "divide", 2, [](const double* a) { return a[0] / a[1]; }},
    {Function::Power, "power", 2, [](const double* a) { return std::pow(a[0], a[1]); }},
    {Function::Negate, "negate", 1, [](const double* a) { return -a[0]; }},
    {Function::Absolute, "abs", 1, [](const double* a) { return std::fabs(a[0]); }},
    {Function::Exp, "exp", 1, [](const double* a) { return std::exp(a[0]); }},
    {Function::Log, "log", 1, [](const double* a) { return std::log(a[0]); }},
    {Function::Log1p, "log1p", 1, [](const double* a) { return std::log1p(a[0]); }},
    {Function::Expm1, "expm1", 1, [](const double* a) { return std::expm1(a[0]); }},
    {Function::Sqrt, "sqrt", 1, [](const double* a) { return std::sqrt(a[0]); }},
    {Function::Sin, "sin", 1, [](const double* a) { return std::sin(a[0]); }},
    {Function::Cos, "cos", 1, [](const double* a) { return std::cos(a[0]); }},
    {Function::Tanh, "tanh", 1, [](const double* a) { return std::tanh(a[0]); }},
    {Function::Sigmoid, "sigmoid", 1, [](const double* a) { return sigmoid(a[0]); }},
    {Function::Erf, "erf", 1, [](const double* a) { return std::erf(a[0]); }},
    {Function::Floor, "floor", 1, [](const double* a) { return std::floor(a[0]); }},
    {Function::Minimum, "min", 2, [](const double* a) { return a[1] < a[0] || std::isnan(a[1]) ? a[1] : a[0]; }},
    {Function::Maximum, "max", 2, [](const double* a) { return a[1] > a[0] || std::isnan(a[1]) ? a[1] : a[0]; }},
    {Function::Remainder, "remainder", 2, [](const double* a) { return a[0] - a[1] * std::floor(a[0] / a[1]); }},
    {Function::Equal, "equal", 2, [](const double* a) { return a[0] == a[1] ? 1.0 : 0.0; }, "=="},
    {Function::Unequal, "unequal", 2, [](const double* a) { return a[0] != a[1] ? 1.0 : 0.0; }, "!="},
    {Function::Less, "less", 2, [](const double* a) { return a[0] < a[1] ? 1.0 : 0.0; }, "<"},
    {Function::LessEqual, "less_equal", 2, [](const double* a) { return a[0] <= a[1] ? 1.0 : 0.0; }, "<="},
    {Function::And, "and", 2, [](const double* a) { return a[0] != 0 && a[1] != 0 ? 1.0 : 0.0; }},
    {Function::Or, "or", 2, [](const double* a) { return a[0] != 0 || a[1] != 0 ? 1.0 : 0.0; }},
    {Function::Not, "not", 1, [](const double* a) { return a[0] == 0 ? 1.0 : 0.0; }},
    {Function::Select, "select", 3, [](const double* a) { return a[0] != 0 ? a[1] : a[2]; }},
    {Function::StopGradient, "stop_gradient", 1, [](const double* a) { return a[0]; }},
    {Function::Softplus, "softplus", 1, [](const double* a) { return softplus(a[0]); }},
    {Function::LogSigmoid, "log_sigmoid", 1, [](const double* a) { return -softplus(-a[0]); }},
};
static_assert(covers_functions(function_values));

constexpr const FunctionValue& row_of(Function function) { return function_values[static_cast<size_t>(function)]; }
constexpr const char* word_of(Function function) { return row_of(function).name; }

/// The row of that name, or null.
constexpr const FunctionValue* function_named(std::string_view name) {
  for (const FunctionValue& row : function_values)
    if (name == row.name) return &row;
  return nullptr;
}

}  // namespace dnnc::runtime
