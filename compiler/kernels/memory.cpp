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
  std::vector<size_t> placed;
  int64_t end = begin;
  for (size_t number : order) {
    std::vector<const Lifetime*> taken;
    for (size_t other : placed)
      if (together(lifetimes[number], lifetimes[other])) taken.push_back(&lifetimes[other]);
    std::sort(taken.begin(), taken.end(), [](auto* a, auto* b) { return a->offset < b->offset; });
    Lifetime& piece = lifetimes[number];
    piece.offset = tightest_gap(taken, memory.padded(piece.bytes), begin, memory);
    end = std::max(end, piece.offset + memory.padded(piece.bytes));
    placed.push_back(number);
  }
  return end;
}

}  // namespace dnnc
