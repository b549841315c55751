#include "runtime/program/finite.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "runtime/program/threads.h"

namespace dnnc::runtime {
namespace {

/// The highest bit of (bits & exponent) + carry is set if the exponent is all ones, as it is of an infinity and of what is
/// no number.
constexpr uint32_t exponent = 0x7f800000u, carry = 0x00800000u;

/// Training looks at every gradient in every step. Compilers make vectors of a plain loop only at a higher level than that
/// at which trainers are made, and the widest of a processor only if they are told: so here they are written down.
template <int lanes>
inline __attribute__((always_inline)) bool finite_by_vectors(const float* values, int64_t count) {
  typedef uint32_t Vector __attribute__((vector_size(lanes * sizeof(uint32_t))));
  constexpr int accumulators = 4;
  Vector found[accumulators] = {};
  int64_t done = 0;
  for (; done + accumulators * lanes <= count; done += accumulators * lanes)
    for (int k = 0; k < accumulators; ++k) {
      Vector bits;
      std::memcpy(&bits, values + done + k * lanes, sizeof bits);
      found[k] |= (bits & exponent) + carry;
    }
  found[0] |= found[1] | found[2] | found[3];
  uint32_t all[lanes], any = 0;
  std::memcpy(all, &found[0], sizeof all);
  for (const uint32_t one : all) any |= one;
  for (; done < count; ++done) {
    uint32_t bits;
    std::memcpy(&bits, values + done, sizeof bits);
    any |= (bits & exponent) + carry;
  }
  return any >> 31 == 0;
}

bool with_4_lanes(const float* values, int64_t count) { return finite_by_vectors<4>(values, count); }
__attribute__((target("avx2"))) bool with_8_lanes(const float* values, int64_t count) {
  return finite_by_vectors<8>(values, count);
}
__attribute__((target("avx512f"))) bool with_16_lanes(const float* values, int64_t count) {
  return finite_by_vectors<16>(values, count);
}

using Test = bool (*)(const float*, int64_t);
Test widest() {
  if (__builtin_cpu_supports("avx512f")) return with_16_lanes;
  return __builtin_cpu_supports("avx2") ? with_8_lanes : with_4_lanes;
}

/// Numbers that one thread looks at in the time in which another one could be asked for help, many times over.
constexpr int64_t piece = 1 << 17;

struct Pieces {
  Test test;
  const float* values;
  int64_t count;
  std::atomic<bool> finite = true;
};

int look_at(void* context, int number, uint8_t*) {
  auto& pieces = *static_cast<Pieces*>(context);
  const int64_t begin = number * piece;
  if (!pieces.test(pieces.values + begin, std::min(piece, pieces.count - begin))) pieces.finite = false;
  return 0;
}

}  // namespace

bool all_finite(const float* values, int64_t count) {
  static const Test test = widest();
  if (count < 2 * piece) return test(values, count);
  Pieces pieces{test, values, count};
  parallel_for(look_at, 0, static_cast<int>((count + piece - 1) / piece), &pieces, nullptr);
  return pieces.finite;
}

}  // namespace dnnc::runtime
