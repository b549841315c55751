#include "compiler/kernels/memory.h"

#include <algorithm>
#include <numeric>

namespace dnnc {
namespace {

/// The offset of the tightest gap of at least `bytes` between the pieces in `taken`, which are sorted by offset.
int64_t tightest_gap(const std::vector<const Lifetime*>& taken, int64_t bytes, int64_t begin,
                     const runtime::MemoryLayout& memory) {
  int64_t best = -1, best_size = INT64_MAX, end = begin;
  for (const Lifetime* piece : taken) {
    const int64_t size = piece->offset - end;
    if (size >= bytes && size < best_size) {
      best = end;
      best_size = size;
    }
    end = std::max(end, piece->offset + memory.padded(piece->bytes));
  }
  return best >= 0 ? best : end;
}

bool together(const Lifetime& a, const Lifetime& b) { return a.first <= b.last && b.first <= a.last; }

}  // namespace

int64_t place(std::vector<Lifetime>& lifetimes, int64_t begin, const runtime::MemoryLayout& memory) {
  std::vector<size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return lifetimes[a].bytes > lifetimes[b].bytes; });
  std::vector<const Lifetime*> placed;  // sorted by offset
  int64_t end = begin;
  for (size_t number : order) {
    Lifetime& piece = lifetimes[number];
    std::vector<const Lifetime*> taken;
    std::copy_if(placed.begin(), placed.end(), std::back_inserter(taken),
                 [&](const Lifetime* other) { return together(piece, *other); });
    piece.offset = tightest_gap(taken, memory.padded(piece.bytes), begin, memory);
    end = std::max(end, piece.offset + memory.padded(piece.bytes));
    placed.insert(std::ranges::upper_bound(placed, piece.offset, {}, &Lifetime::offset), &piece);
  }
  return end;
}

}  // namespace dnnc
