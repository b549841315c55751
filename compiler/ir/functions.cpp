#include "compiler/ir/functions.h"

#include <cmath>

#include "compiler/support/check.h"

namespace dnnc {
namespace {

double truth(bool holds) { return holds ? 1 : 0; }

double softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

/// No overflow on either side.
double sigmoid(double x) {
  if (x >= 0) return 1 / (1 + std::exp(-x));
  double e = std::exp(x);
  return e / (1 + e);
}

std::vector<FunctionInfo> make_table() {
  std::vector<FunctionInfo> table = {
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
      {Function::Equal, "equal", 2, [](const double* a) { return truth(a[0] == a[1]); }},
      {Function::Unequal, "unequal", 2, [](const double* a) { return truth(a[0] != a[1]); }},
      {Function::Less, "less", 2, [](const double* a) { return truth(a[0] < a[1]); }},
      {Function::LessEqual, "less_equal", 2, [](const double* a) { return truth(a[0] <= a[1]); }},
      {Function::And, "and", 2, [](const double* a) { return truth(a[0] != 0 && a[1] != 0); }},
      {Function::Or, "or", 2, [](const double* a) { return truth(a[0] != 0 || a[1] != 0); }},
      {Function::Not, "not", 1, [](const double* a) { return truth(a[0] == 0); }},
      {Function::Select, "select", 3, [](const double* a) { return a[0] != 0 ? a[1] : a[2]; }},
      {Function::StopGradient, "stop_gradient", 1, [](const double* a) { return a[0]; }},
      {Function::Softplus, "softplus", 1, [](const double* a) { return softplus(a[0]); }},
      {Function::LogSigmoid, "log_sigmoid", 1, [](const double* a) { return -softplus(-a[0]); }},
  };
  for (size_t row = 0; row < table.size(); ++row)
    check(table[row].function == static_cast<Function>(row),
          std::string("functions: out of order: ") + table[row].name);
  return table;
}

}  // namespace

const std::vector<FunctionInfo>& all_functions() {
  static const std::vector<FunctionInfo> table = make_table();
  return table;
}

const FunctionInfo& info(Function function) { return all_functions().at(static_cast<size_t>(function)); }

std::optional<Function> function_named(std::string_view name) {
  for (const FunctionInfo& row : all_functions())
    if (name == row.name) return row.function;
  return std::nullopt;
}

double evaluate(Function function, const double* arguments) { return info(function).value(arguments); }

}  // namespace dnnc
