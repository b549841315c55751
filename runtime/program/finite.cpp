#include "runtime/program/finite.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "runtime/program/threads.h"

namespace dnnc::runtime {
namespace {

/// Without the sign bits compare like the numbers, as whole numbers of either kind.
constexpr int32_t without_sign = 0x7fffffff;

/// Training looks at every gradient in every step. Compilers make vectors of a plain loop only at a higher level than that
/// at which trainers are made, and the widest of a processor only if they are told: so here they are written down.
template <int lanes>
inline __attribute__((always_inline)) uint32_t largest_by_vectors(const float* values, int64_t count) {
  typedef int32_t Vector __attribute__((vector_size(lanes * sizeof(int32_t))));
  constexpr int accumulators = 4;
  Vector largest[accumulators] = {};
  int64_t done = 0;
  for (; done + accumulators * lanes <= count; done += accumulators * lanes)
    for (int k = 0; k < accumulators; ++k) {
      Vector bits;
      std::memcpy(&bits, values + done + k * lanes, sizeof bits);
      bits &= without_sign;
      largest[k] = bits > largest[k] ? bits : largest[k];
    }
  int32_t all[accumulators * lanes], result = 0;
  std::memcpy(all, largest, sizeof all);
  for (const int32_t one : all) result = std::max(result, one);
  for (; done < count; ++done) {
    int32_t bits;
    std::memcpy(&bits, values + done, sizeof bits);
    result = std::max(result, bits & without_sign);
  }
  return static_cast<uint32_t>(result);
}

uint32_t with_4_lanes(const float* values, int64_t count) { return largest_by_vectors<4>(values, count); }
__attribute__((target("avx2"))) uint32_t with_8_lanes(const float* values, int64_t count) {
  return largest_by_vectors<8>(values, count);
}
__attribute__((target("avx512f"))) uint32_t with_16_lanes(const float* values, int64_t count) {
  return largest_by_vectors<16>(values, count);
}

using Look = uint32_t (*)(const float*, int64_t);
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
  std::atomic<uint32_t> largest = 0;
};

int look_at(void* context, int number, uint8_t*) {
  auto& pieces = *static_cast<Pieces*>(context);
  const int64_t begin = number * piece;
  const uint32_t found = pieces.look(pieces.values + begin, std::min(piece, pieces.count - begin));
  uint32_t known = pieces.largest;
  while (found > known && !pieces.largest.compare_exchange_weak(known, found)) {
  }
  return 0;
}

}  // namespace

uint32_t largest_magnitude(const float* values, int64_t count) {
  static const Look look = widest();
  if (count < 2 * piece) return look(values, count);
  Pieces pieces{look, values, count};
  parallel_for(look_at, 0, static_cast<int>((count + piece - 1) / piece), &pieces, nullptr);
  return pieces.largest;
}

}  // namespace dnnc::runtime
