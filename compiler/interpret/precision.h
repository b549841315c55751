#pragma once
#include <limits>

#include "compiler/ir/functions.h"

namespace dnnc {

/// A format of floating-point numbers, for what its roundings may do.
struct Precision {
  double roundoff;         ///< unit roundoff: half the distance from 1 to the next number
  double smallest_normal;  ///< below it numbers lose digits or are taken for 0
  double largest;
  /// Units in the last place that a value of the function may be off by, where that may be more than FunctionInfo::rounding
  /// says; null: nowhere.
  double (*last_places)(Function) = nullptr;

  /// By how many units of roundoff of its own size a value may be off.
  double units(Function function) const { return last_places ? 2 * last_places(function) : 0; }
};

/// What the standard of OpenCL 1.2 asks of drivers (7.4, full profile).
double last_places_of_opencl(Function function);

constexpr Precision float32 = {0x1p-24, 0x1p-126, 0x1.fffffep127};
constexpr Precision float32_of_opencl = {0x1p-24, 0x1p-126, 0x1.fffffep127, last_places_of_opencl};
constexpr Precision float64 = {0x1p-53, 0x1p-1022, 0x1.fffffffffffffp1023};

/// The bound of what nothing is known of.
inline constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace dnnc
