#pragma once
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/program/functions.h"

namespace dnnc {

using runtime::covers_functions;
using runtime::Function;
struct Expression;
using Expr = std::shared_ptr<const Expression>;
struct Interval;

/// The derivative by one argument as a formula of the arguments and of the function's value there.
using DerivativeRule = Expr (*)(const std::vector<Expr>& arguments, const Expr& value);

/// What rounding makes of a value at exact arguments: so many units of roundoff of a size, which is a function of the
/// arguments and of the size of the value. Exact without a size.
struct Rounding {
  double units = 0;
  double (*of)(const double* arguments, double size) = nullptr;
};

/// Everything the compiler knows about a function, in one row of the table in functions.cpp. What is computed with it by the
/// interpreter and by Halide stands in tables of their folders, with a row for each function too.
struct FunctionInfo {
  Function function;
  const char* name = nullptr;  ///< in the IR's text: "add", "max"
  int arity = 0;
  double (*value)(const double* arguments) = nullptr;
  /// By each argument; null where there is none. At a tie of `max` and `min` it is that of the first argument, of `abs` at
  /// 0 it is 0.
  std::array<DerivativeRule, 3> derivatives{};
  int work = 1;        ///< rough number of scalar operations to compute it
  int operations = 1;  ///< floating-point operations it counts as; 0 for what only passes on a value
  Rounding rounding{};
  /// For which finite arguments the value is finite, overflow aside. `WholePowers`: where the second argument is a constant
  /// whole number that is not negative.
  enum class Finite { Always, WholePowers, Sometimes } finite = Finite::Always;
  bool rises = false;                           ///< one argument; with it the value rises or stays, all along
  bool truth = false;                           ///< the value is 1 or 0
  std::optional<bool> at_equal = std::nullopt;  ///< comparisons only: whether they hold of equal numbers
  /// Bounds of the value from those of whole-number arguments, as far as they are known; null where none are told.
  std::optional<Interval> (*range)(const std::optional<Interval>* arguments) = nullptr;
};
const FunctionInfo& info(Function function);
std::optional<Function> function_named(std::string_view name);
/// All rows, in the order of Function.
std::span<const FunctionInfo> all_functions();
/// The value in float64. `arguments` has info(function).arity elements.
double evaluate(Function function, const double* arguments);

/// Whether a function has a derivative by its argument number `by`. Comparisons, `and`, `or`, `not`, `floor` and the
/// condition of a `select` have none, and `stop_gradient` has none by its purpose.
bool has_derivative(Function function, size_t by);
/// The derivative by argument number `by`. `value` is the call itself, or a load of a node that holds it. A fault if there is
/// none.
Expr derivative(Function function, size_t by, const std::vector<Expr>& arguments, const Expr& value);

}  // namespace dnnc
