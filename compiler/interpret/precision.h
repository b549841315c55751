#pragma once
#include <limits>

namespace dnnc {

/// A format of floating-point numbers, for what its roundings may do.
struct Precision {
  double roundoff;         ///< unit roundoff: half the distance from 1 to the next number
  double smallest_normal;  ///< below it numbers lose digits or are taken for 0
  double largest;
};

constexpr Precision float32 = {0x1p-24, 0x1p-126, 0x1.fffffep127};
constexpr Precision float64 = {0x1p-53, 0x1p-1022, 0x1.fffffffffffffp1023};

/// The bound of what nothing is known of.
inline constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace dnnc
