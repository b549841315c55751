#include "runtime/program/guards.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace dnnc::runtime {
namespace {

const float* floats_at(const char* arena, int64_t offset) { return reinterpret_cast<const float*>(arena + offset); }

bool is_finite(const char* arena, const Guard& guard) {
  return all_finite(floats_at(arena, guard.offset), guard.bytes / 4);
}

/// At least 1. Infinite if a number is not finite.
double largest_of(const char* arena, const Witness& witness) {
  const uint32_t bits = largest_magnitude(floats_at(arena, witness.offset), witness.bytes / 4);
  return std::max(1.0, static_cast<double>(std::bit_cast<float>(std::min(bits, bits_of_infinity))));
}

double value_of(const std::vector<Guard::Term>& bound, const std::vector<double>& magnitudes) {
  double sum = 0;
  for (const Guard::Term& term : bound) {
    double product = term.factor;
    for (const size_t witness : term.witnesses) product *= magnitudes[witness];
    sum += product;
  }
  return sum;
}

/// Buffers are placed at some distance from each other; what lies between two that are this near costs less to look at than to
/// skip.
constexpr int64_t near = 512;

/// Stretches that lie near each other as one. What is between them may be anything, so that only a closer look tells whether
/// something is not finite.
std::vector<Stretch> joined(std::vector<Stretch> stretches) {
  std::ranges::sort(stretches, {}, &Stretch::offset);
  std::vector<Stretch> result;
  for (const Stretch& next : stretches) {
    if (!result.empty()) {
      Stretch& last = result.back();
      const int64_t gap = next.offset - (last.offset + 4 * last.count);
      if (gap < near) {
        last.count = std::max(last.count, (next.offset - last.offset) / 4 + next.count);
        continue;
      }
    }
    result.push_back(next);
  }
  return result;
}

}  // namespace

Guards::Guards(const EntryInfo& entry)
    : guards_(entry.guards), witnesses_(entry.witnesses), magnitudes_(entry.witnesses.size()) {
  for (size_t number = 0; number < guards_.size(); ++number) {
    const Guard& guard = guards_[number];
    if (guard.bound.empty()) unbounded_.push_back({guard.offset, guard.bytes / 4});
    else bounded_.push_back(number);
  }
  unbounded_ = joined(std::move(unbounded_));
}

const Guard* Guards::not_finite(const char* arena) {
  if (witnesses_tell(arena)) return nullptr;
  for (const Guard& guard : guards_)
    if (!is_finite(arena, guard)) return &guard;
  return nullptr;
}

/// Whether all is finite as far as a look at the witnesses and at what has no bound tells.
bool Guards::witnesses_tell(const char* arena) {
  for (size_t number = 0; number < witnesses_.size(); ++number)
    magnitudes_[number] = largest_of(arena, witnesses_[number]);
  if (largest_magnitude(arena, unbounded_) >= bits_of_infinity &&
      std::ranges::any_of(guards_, [&](const Guard& g) { return g.bound.empty() && !is_finite(arena, g); }))
    return false;
  return std::ranges::all_of(bounded_, [&](size_t number) {
    return value_of(guards_[number].bound, magnitudes_) <= static_cast<double>(std::numeric_limits<float>::max());
  });
}

}  // namespace dnnc::runtime
