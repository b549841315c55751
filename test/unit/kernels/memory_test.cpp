#include "compiler/kernels/memory.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace dnnc {
namespace {

using runtime::cpu_memory, runtime::MemoryLayout;

/// Whether two pieces that are in use at the same time share a byte, the slack included.
bool any_overlap(const std::vector<Lifetime>& pieces, const MemoryLayout& memory) {
  for (const Lifetime& a : pieces)
    for (const Lifetime& b : pieces) {
      if (&a == &b || a.last < b.first || b.last < a.first) continue;
      if (a.offset < b.offset + memory.padded(b.bytes) && b.offset < a.offset + memory.padded(a.bytes)) return true;
    }
  return false;
}

std::vector<Lifetime> any_lifetimes() {
  std::vector<Lifetime> pieces;
  const auto count = *rc::gen::inRange(1, 40);
  for (int number = 0; number < count; ++number) {
    const int64_t first = *rc::gen::inRange(-1, 30);
    pieces.push_back({*rc::gen::inRange<int64_t>(1, 5000), first, first + *rc::gen::inRange(0, 10), 0});
  }
  return pieces;
}

RC_GTEST_PROP(Memory, PiecesInUseTogetherLieApart, ()) {
  auto pieces = any_lifetimes();
  const MemoryLayout memory = *rc::gen::element(cpu_memory, MemoryLayout{256, 0}, MemoryLayout{16, 100});
  const int64_t begin = memory.alignment * *rc::gen::inRange(0, 10);
  const int64_t end = place(pieces, begin, memory);
  RC_ASSERT(!any_overlap(pieces, memory));
  for (const Lifetime& piece : pieces) {
    RC_ASSERT(piece.offset % memory.alignment == 0);
    RC_ASSERT(piece.offset >= begin);
    RC_ASSERT(piece.offset + memory.padded(piece.bytes) <= end);
  }
}

TEST(Memory, TheTestSeesAnOverlap) {
  std::vector<Lifetime> pieces = {{100, 0, 5, 0}, {100, 3, 8, 64}};
  EXPECT_TRUE(any_overlap(pieces, cpu_memory));
}

TEST(Memory, IsUsedAgainAfterTheLastReader) {
  std::vector<Lifetime> pieces = {{1000, 0, 1, 0}, {1000, 1, 2, 0}, {1000, 2, 3, 0}};
  EXPECT_EQ(place(pieces, 0, cpu_memory), 2 * cpu_memory.padded(1000));
  EXPECT_EQ(pieces[0].offset, pieces[2].offset);
}

TEST(Memory, TakesTheTightestGap) {
  // Two gaps are left where the largest pieces have ended: one of 4096 + 64 bytes, one of 1024 + 64.
  std::vector<Lifetime> pieces = {{4096, 0, 1, 0}, {2048, 0, 9, 0}, {1024, 0, 1, 0}, {512, 0, 9, 0}, {500, 5, 9, 0}};
  place(pieces, 0, cpu_memory);
  EXPECT_EQ(pieces[4].offset, pieces[2].offset);
}

}  // namespace
}  // namespace dnnc
