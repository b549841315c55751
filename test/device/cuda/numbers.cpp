#include "numbers.h"

#include <cmath>

namespace ptx {
namespace {

double rounded(double value, char how) {
  switch (how) {
    case 'z':
      return std::trunc(value);
    case 'm':
      return std::floor(value);
    case 'p':
      return std::ceil(value);
    default:
      return std::nearbyint(value);
  }
}

template <class Number>
double as_nearest(Number number, int bits) {
  return bits == 32 ? static_cast<double>(static_cast<float>(number)) : static_cast<double>(number);
}

}  // namespace

bool compared(const Instruction& one, uint64_t first, uint64_t second) {
  const int bits = one.type.bits;
  std::string_view how = one.compare;
  const uint64_t a = cut(first, bits), b = cut(second, bits);
  int order = a < b ? -1 : a > b;
  bool unordered = false;
  if (one.type.kind == Kind::Signed)
    order = extended(a, bits) < extended(b, bits) ? -1 : extended(a, bits) > extended(b, bits);
  if (one.type.kind == Kind::Float) {
    const double x = as_float(a, bits), y = as_float(b, bits);
    unordered = std::isnan(x) || std::isnan(y);
    order = x < y ? -1 : x > y;
  }
  if (how == "lo") how = "lt";
  if (how == "ls") how = "le";
  if (how == "hi") how = "gt";
  if (how == "hs") how = "ge";
  const std::string_view plain = how.substr(0, 2);
  const bool holds = plain == "eq"   ? order == 0
                     : plain == "ne" ? order != 0
                     : plain == "lt" ? order < 0
                     : plain == "le" ? order <= 0
                     : plain == "gt" ? order > 0
                                     : order >= 0;
  if (how == "num" || how == "nan") return (how == "nan") == unordered;
  return unordered ? how.size() == 3 : holds;
}

uint64_t converted(const Instruction& one, uint64_t bits) {
  const Type to = one.type, from = one.from;
  if (from.kind != Kind::Float) {
    const int64_t number = extended(bits, from.bits);
    const uint64_t plain = cut(bits, from.bits);
    const bool is_signed = from.kind == Kind::Signed;
    if (to.kind != Kind::Float) return is_signed ? static_cast<uint64_t>(number) : plain;
    return bits_of(is_signed ? as_nearest(number, to.bits) : as_nearest(plain, to.bits), to.bits);
  }
  double number = as_float(bits, from.bits);
  if (one.to_whole) number = rounded(number, one.rounding);
  if (to.kind == Kind::Float) return bits_of(number, to.bits);
  // Beyond the ends it gives the ends, and 0 for what is no number.
  const bool is_signed = to.kind == Kind::Signed;
  const double low = is_signed ? -std::ldexp(1, to.bits - 1) : 0,
               high = std::ldexp(1, is_signed ? to.bits - 1 : to.bits);
  if (std::isnan(number)) return 0;
  if (number <= low) return is_signed ? uint64_t{1} << (to.bits - 1) : 0;
  if (number >= high) return is_signed ? (uint64_t{1} << (to.bits - 1)) - 1 : ~uint64_t{0};
  return number < 0 ? static_cast<uint64_t>(static_cast<int64_t>(number)) : static_cast<uint64_t>(number);
}

}  // namespace ptx
