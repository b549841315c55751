#pragma once
#include <array>

#include "compiler/ir/functions.h"

namespace dnnc {

/// Unit roundoff of float32.
constexpr double roundoff = 0x1p-24;
/// Below it numbers lose digits or are taken for 0.
constexpr double smallest_normal = 0x1p-126;

/// How far a function in float32 may be from `value`, its value at `arguments` in float64, when the arguments are off
/// by `errors` at most. Infinite where nothing can be said.
double function_bound(Function function, const std::array<double, 3>& arguments, const std::array<double, 3>& errors,
                      double value);

/// Bound of the rounding of one number to float32, and of what falls below its smallest normal number.
double rounding_bound(double value);

}  // namespace dnnc
