#include "runtime/program/finite.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "runtime/program/processor.h"
#include "runtime/program/threads.h"

namespace dnnc::runtime {
namespace {

/// Without the sign bits compare like the numbers, as whole numbers of either kind.
constexpr int32_t without_sign = 0x7fffffff;

/// Training looks at gradients in every step. Compilers make vectors of a plain loop only at a higher level than that at
/// which trainers are made, and the widest of a processor only if they are told: so here they are written down.
/// The largest magnitude so far, of vectors of so many numbers, and of half as many for what does not fill one.
template <int lanes>
struct Largest {
  typedef int32_t Vector __attribute__((vector_size(lanes * sizeof(int32_t))));

  static inline __attribute__((always_inline)) void raise(Vector& largest, const float* values) {
    Vector bits;
    std::memcpy(&bits, values, sizeof bits);
    bits &= without_sign;
    largest = bits > largest ? bits : largest;
  }
  /// The last vector overlaps the one before it where the numbers do not fill vectors.
  inline __attribute__((always_inline)) void add(const float* values, int64_t count) {
    if (count < lanes) return half.add(values, count);
    const float* const last = values + count - lanes;
    if (values + 3 * lanes <= last) values = add_fours(values, last);
    for (; values < last; values += lanes) raise(most, values);
    raise(most, last);
  }
  /// Returns what is left: less than four vectors before the last.
  inline __attribute__((always_inline)) const float* add_fours(const float* values, const float* last) {
    Vector b = {}, c = {}, d = {};
    for (; values + 3 * lanes <= last; values += 4 * lanes) {
      raise(most, values);
      raise(b, values + lanes);
      raise(c, values + 2 * lanes);
      raise(d, values + 3 * lanes);
    }
    b = d > b ? d : b;
    most = c > most ? c : most;
    most = b > most ? b : most;
    return values;
  }
  inline __attribute__((always_inline)) int32_t largest() {
    float all[lanes];
    std::memcpy(all, &most, sizeof all);
    half.raise(half.most, all);
    half.raise(half.most, all + lanes / 2);
    return half.largest();
  }

  Vector most = {};
  Largest<lanes / 2> half;
};

template <>
struct Largest<1> {
  static inline __attribute__((always_inline)) void raise(int32_t& largest, const float* value) {
    int32_t bits;
    std::memcpy(&bits, value, sizeof bits);
    largest = std::max(largest, bits & without_sign);
  }
  inline __attribute__((always_inline)) void add(const float* values, int64_t count) {
    if (count == 1) raise(most, values);
  }
  inline __attribute__((always_inline)) int32_t largest() const { return most; }

  int32_t most = 0;
};

template <int lanes>
inline __attribute__((always_inline)) int32_t largest_of(const char* base, std::span<const Stretch> stretches) {
  Largest<lanes> largest;
  for (const Stretch& stretch : stretches)
    largest.add(reinterpret_cast<const float*>(base + stretch.offset), stretch.count);
  return largest.largest();
}

using Look = int32_t (*)(const char* base, std::span<const Stretch> stretches);
int32_t with_4_lanes(const char* base, std::span<const Stretch> stretches) { return largest_of<4>(base, stretches); }
__attribute__((target("avx2"))) int32_t with_8_lanes(const char* base, std::span<const Stretch> stretches) {
  return largest_of<8>(base, stretches);
}
__attribute__((target("avx512f"))) int32_t with_16_lanes(const char* base, std::span<const Stretch> stretches) {
  return largest_of<16>(base, stretches);
}

Look widest() {
  if (processor_has(InstructionSet::Avx512)) return with_16_lanes;
  return processor_has(InstructionSet::Avx2) ? with_8_lanes : with_4_lanes;
}

const Look look_at = widest();

/// Numbers that one thread looks at in the time in which another one could be asked for help, many times over.
constexpr int64_t piece = 1 << 17;

struct Pieces {
  const float* values;
  int64_t count;
  std::atomic<int32_t> largest = 0;
};

int look_at_piece(void* context, int number, uint8_t*) {
  auto& pieces = *static_cast<Pieces*>(context);
  const int64_t begin = number * piece;
  const Stretch stretch = {begin * 4, std::min(piece, pieces.count - begin)};
  const int32_t found = look_at(reinterpret_cast<const char*>(pieces.values), {&stretch, 1});
  int32_t known = pieces.largest;
  while (found > known && !pieces.largest.compare_exchange_weak(known, found)) {
  }
  return 0;
}

}  // namespace

uint32_t largest_magnitude(const float* values, int64_t count) {
  const Stretch stretch = {0, count};
  return largest_magnitude(reinterpret_cast<const char*>(values), {&stretch, 1});
}

uint32_t largest_magnitude(const char* base, std::span<const Stretch> stretches) {
  const auto is_long = [](const Stretch& stretch) { return stretch.count >= 2 * piece; };
  if (std::ranges::none_of(stretches, is_long)) return static_cast<uint32_t>(look_at(base, stretches));
  uint32_t largest = 0;
  for (const Stretch& stretch : stretches) {
    if (!is_long(stretch)) {
      largest = std::max(largest, static_cast<uint32_t>(look_at(base, {&stretch, 1})));
      continue;
    }
    Pieces pieces{reinterpret_cast<const float*>(base + stretch.offset), stretch.count};
    parallel_for(look_at_piece, 0, static_cast<int>((stretch.count + piece - 1) / piece), &pieces, nullptr);
    largest = std::max(largest, static_cast<uint32_t>(pieces.largest.load()));
  }
  return largest;
}

}  // namespace dnnc::runtime
