#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dnnc {

/// The scalar functions of the language. Everything about one of them stands in one row of the table in functions.cpp:
/// its name in the IR's text, how many arguments it takes, its value in float64.
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

struct FunctionInfo {
  Function function;
  const char* name;  ///< in the IR's text: "add", "max"
  int arity;
  double (*value)(const double* arguments);
};
const FunctionInfo& info(Function function);
std::optional<Function> function_named(std::string_view name);
/// All rows, in the order of Function.
const std::vector<FunctionInfo>& all_functions();
/// The value in float64. `arguments` has info(function).arity elements.
double evaluate(Function function, const double* arguments);

}  // namespace dnnc
