#include "runtime/program/guards.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "runtime/program/finite.h"

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

}  // namespace

Guards::Guards(const EntryInfo& entry)
    : guards_(entry.guards), witnesses_(entry.witnesses), magnitudes_(entry.witnesses.size()) {
  for (const OutputPort& port : entry.outputs)
    if (port.role == OutputRole::Loss) guards_.push_back({loss_name, "", port.offset, bytes_of(port.storage)});
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
  return std::all_of(guards_.begin(), guards_.end(), [&](const Guard& guard) {
    if (guard.bound.empty()) return is_finite(arena, guard);
    return value_of(guard.bound, magnitudes_) <= static_cast<double>(std::numeric_limits<float>::max());
  });
}

}  // namespace dnnc::runtime
