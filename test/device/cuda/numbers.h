#pragma once
#include <bit>
#include <cstdint>

#include "ptx.h"

// What instructions do to the bits of registers.
namespace ptx {

inline double as_float(uint64_t bits, int width) {
  return width == 32 ? static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(bits)))
                     : std::bit_cast<double>(bits);
}
inline uint64_t bits_of(double value, int width) {
  return width == 32 ? std::bit_cast<uint32_t>(static_cast<float>(value)) : std::bit_cast<uint64_t>(value);
}
inline uint64_t cut(uint64_t value, int bits) { return bits >= 64 ? value : value & ((uint64_t{1} << bits) - 1); }
inline int64_t extended(uint64_t value, int bits) {
  if (bits >= 64) return static_cast<int64_t>(value);
  const uint64_t sign = uint64_t{1} << (bits - 1);
  return static_cast<int64_t>((cut(value, bits) ^ sign) - sign);
}
/// The upper half of a product.
inline uint64_t high(uint64_t a, uint64_t b, int64_t signed_a, int64_t signed_b, int bits, bool is_signed) {
  if (is_signed) return static_cast<uint64_t>(static_cast<__int128>(signed_a) * signed_b >> bits);
  return static_cast<uint64_t>(static_cast<unsigned __int128>(a) * b >> bits);
}

/// What setp says of two numbers, before it is combined with another predicate.
bool compared(const Instruction& one, uint64_t a, uint64_t b);
/// The bits that cvt makes.
uint64_t converted(const Instruction& one, uint64_t bits);

}  // namespace ptx
