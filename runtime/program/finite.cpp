#include "runtime/program/finite.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "runtime/program/threads.h"

namespace dnnc::runtime {
namespace {

/// Without the sign bits compare like the numbers, as whole numbers of either kind.
constexpr int32_t without_sign = 0x7fffffff;

/// Training looks at gradients in every step. Compilers make vectors of a plain loop only at a higher level than that at
/// which trainers are made, and the widest of a processor only if they are told: so here they are written down.
/// So is the loop over accumulators: at that level it would stay a loop, and they would lie in memory.
template <int lanes>
struct Vectors {
  typedef int32_t Vector __attribute__((vector_size(lanes * sizeof(int32_t))));

  static inline __attribute__((always_inline)) void raise(Vector& largest, const Vector& by) {
    largest = by > largest ? by : largest;
  }
  static inline __attribute__((always_inline)) void raise(Vector& largest, const float* values) {
    Vector bits;
    std::memcpy(&bits, values, sizeof bits);
    bits &= without_sign;
    raise(largest, bits);
  }
  /// The last vector overlaps the one before it where the numbers do not fill vectors.
  static inline __attribute__((always_inline)) int32_t largest(const float* values, int64_t count) {
    if (count < lanes) return largest_of_few(values, count);
    const float* const last = values + count - lanes;
    Vector a = {}, b = {}, c = {}, d = {};
    for (; values + 3 * lanes <= last; values += 4 * lanes) {
      raise(a, values);
      raise(b, values + lanes);
      raise(c, values + 2 * lanes);
      raise(d, values + 3 * lanes);
    }
    for (; values < last; values += lanes) raise(b, values);
    raise(a, last);
    raise(a, b);
    raise(c, d);
    raise(a, c);
    int32_t all[lanes], result = 0;
    std::memcpy(all, &a, sizeof all);
    for (const int32_t one : all) result = std::max(result, one);
    return result;
  }
  static inline __attribute__((always_inline)) int32_t largest_of_few(const float* values, int64_t count) {
    int32_t result = 0;
    for (int64_t place = 0; place < count; ++place) {
      int32_t bits;
      std::memcpy(&bits, values + place, sizeof bits);
      result = std::max(result, bits & without_sign);
    }
    return result;
  }
};

int32_t with_4_lanes(const float* values, int64_t count) { return Vectors<4>::largest(values, count); }
__attribute__((target("avx2"))) int32_t with_8_lanes(const float* values, int64_t count) {
  return Vectors<8>::largest(values, count);
}
__attribute__((target("avx512f"))) int32_t with_16_lanes(const float* values, int64_t count) {
  return Vectors<16>::largest(values, count);
}

using Look = int32_t (*)(const float*, int64_t);
Look widest() {
  if (__builtin_cpu_supports("avx512f")) return with_16_lanes;
  return __builtin_cpu_supports("avx2") ? with_8_lanes : with_4_lanes;
}

/// Numbers that one thread looks at in the time in which another one could be asked for help, many times over.
constexpr int64_t piece = 1 << 17;

struct Pieces {
  Look look;
  const float* values;
  int64_t count;
  std::atomic<int32_t> largest = 0;
};

int look_at(void* context, int number, uint8_t*) {
  auto& pieces = *static_cast<Pieces*>(context);
  const int64_t begin = number * piece;
  const int32_t found = pieces.look(pieces.values + begin, std::min(piece, pieces.count - begin));
  int32_t known = pieces.largest;
  while (found > known && !pieces.largest.compare_exchange_weak(known, found)) {
  }
  return 0;
}

}  // namespace

uint32_t largest_magnitude(const float* values, int64_t count) {
  static const Look look = widest();
  if (count < 2 * piece) return static_cast<uint32_t>(look(values, count));
  Pieces pieces{look, values, count};
  parallel_for(look_at, 0, static_cast<int>((count + piece - 1) / piece), &pieces, nullptr);
  return static_cast<uint32_t>(pieces.largest.load());
}

}  // namespace dnnc::runtime
