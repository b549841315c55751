#include "runtime/files/half.h"

#include <gtest/gtest.h>

#include <cmath>

namespace dnnc::runtime {
namespace {

/// What IEEE 754 says that the bits of a binary number mean.
double meaning(uint32_t bits, int exponent_bits, int fraction_bits) {
  const double sign = bits >> (exponent_bits + fraction_bits) & 1 ? -1 : 1;
  const int most = (1 << exponent_bits) - 1, bias = most / 2;
  const int exponent = static_cast<int>(bits >> fraction_bits) & most;
  const double fraction = std::ldexp(static_cast<double>(bits & ((1u << fraction_bits) - 1)), -fraction_bits);
  if (exponent == most) return fraction > 0 ? NAN : sign * INFINITY;
  return sign * (exponent == 0 ? std::ldexp(fraction, 1 - bias) : std::ldexp(1 + fraction, exponent - bias));
}

/// Also the sign of 0.
bool are_same(float value, double wanted) {
  if (std::isnan(wanted)) return std::isnan(value);
  return static_cast<double>(value) == wanted && std::signbit(value) == std::signbit(wanted);
}

TEST(Halves, AreTheFloatsThatTheyMean) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<uint16_t>(bits);
    EXPECT_TRUE(are_same(float_of_half(half), meaning(bits, 5, 10))) << std::hex << bits;
    EXPECT_TRUE(are_same(float_of_bfloat(half), meaning(bits, 8, 7))) << std::hex << bits;
  }
}

}  // namespace
}  // namespace dnnc::runtime
