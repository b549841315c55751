#pragma once
#include <cstdint>
#include <span>

namespace dnnc::runtime {

/// The largest magnitude of the numbers, as the bits of a float32: in this order infinity comes after all that is finite, and
/// what is no number after infinity. 0 of no numbers. Looks at bits, so that no floating-point mode matters. As fast as
/// memory is; many numbers are shared among the threads.
uint32_t largest_magnitude(const float* values, int64_t count);

/// Some float32 that lie side by side.
struct Stretch {
  int64_t offset;  ///< in bytes from a base
  int64_t count;
};
/// The same of all stretches together. A look at many short ones costs little more than one at as many numbers side by side.
uint32_t largest_magnitude(const char* base, std::span<const Stretch> stretches);

inline constexpr uint32_t bits_of_infinity = 0x7f800000u;
/// Whether all numbers are finite.
inline bool all_finite(const float* values, int64_t count) {
  return largest_magnitude(values, count) < bits_of_infinity;
}

}  // namespace dnnc::runtime
