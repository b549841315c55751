#pragma once
#include <array>

#include "compiler/interpret/precision.h"
#include "compiler/ir/functions.h"

namespace dnnc {

/// How far a function computed with `precision` may be from `value`, its value at `arguments`, when the arguments are
/// off by `errors` at most. Infinite where nothing can be said.
double function_bound(Function function, const std::array<double, 3>& arguments, const std::array<double, 3>& errors,
                      double value, const Precision& precision);

/// Bound of the rounding of one number, and of what falls below the smallest normal one. 0 for what is a float32.
double rounding_bound(double value, const Precision& precision);

}  // namespace dnnc
