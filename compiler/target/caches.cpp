#include "compiler/target/caches.h"

#include <unistd.h>

#include <bit>

namespace dnnc {
namespace {

bool is_power_of_two(int64_t number) { return number > 0 && std::has_single_bit(static_cast<uint64_t>(number)); }

/// Whether a cache can be like this: whole sets of whole lines. Sets are told apart by bits of an address.
bool are_sane(const CacheFigures& figures, int64_t least_bytes, int64_t most_bytes) {
  if (figures.bytes < least_bytes || figures.bytes > most_bytes) return false;
  if (!is_power_of_two(figures.line_bytes) || figures.line_bytes < 16 || figures.line_bytes > 256) return false;
  if (figures.ways < 1 || figures.bytes % (figures.line_bytes * figures.ways) != 0) return false;
  return is_power_of_two(figures.bytes / (figures.line_bytes * figures.ways));
}

/// As large a part of the lines is usable as of the measured cache, which had `measured_bytes`.
CacheLevel level_of(const CacheFigures& figures, const CacheLevel& measured, int64_t measured_bytes) {
  const auto lines = static_cast<double>(figures.bytes / figures.line_bytes);
  const auto measured_lines = static_cast<double>(measured_bytes / measured.line_bytes);
  return {figures.line_bytes, figures.bytes / (figures.line_bytes * figures.ways),
          lines * measured.usable_lines / measured_lines};
}

}  // namespace

Caches caches_of(const CacheFigures& first, const CacheFigures& second) {
  constexpr int64_t kib = 1024;
  Caches caches = measured_caches;
  if (are_sane(first, 4 * kib, 1024 * kib)) caches[0] = level_of(first, measured_caches[0], 32 * kib);
  if (are_sane(second, 64 * kib, 64 * 1024 * kib)) caches[1] = level_of(second, measured_caches[1], 512 * kib);
  return caches;
}

Caches host_caches() {
  return caches_of(
      {sysconf(_SC_LEVEL1_DCACHE_SIZE), sysconf(_SC_LEVEL1_DCACHE_ASSOC), sysconf(_SC_LEVEL1_DCACHE_LINESIZE)},
      {sysconf(_SC_LEVEL2_CACHE_SIZE), sysconf(_SC_LEVEL2_CACHE_ASSOC), sysconf(_SC_LEVEL2_CACHE_LINESIZE)});
}

}  // namespace dnnc
