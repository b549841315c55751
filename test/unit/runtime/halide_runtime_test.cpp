#include "runtime/program/halide_runtime.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace dnnc::runtime {
namespace {

TEST(KernelMemory, IsAlignedAndOfItsOwn) {
  std::vector<char*> pieces;
  for (size_t bytes : {1, 7, 64, 100, 4096, 1000000}) {
    auto* piece = static_cast<char*>(halide_malloc(nullptr, bytes));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(piece) % 64, 0u);
    std::memset(piece, static_cast<int>(pieces.size()), bytes);
    pieces.push_back(piece);
  }
  for (size_t number = 0; number < pieces.size(); ++number) EXPECT_EQ(pieces[number][0], static_cast<char>(number));
  for (char* piece : pieces) halide_free(nullptr, piece);
  halide_free(nullptr, nullptr);
}

TEST(KernelMemory, IsUsedAgain) {
  void* first = halide_malloc(nullptr, 50000);
  halide_free(nullptr, first);
  void* second = halide_malloc(nullptr, 50000);
  EXPECT_EQ(first, second);
  halide_free(nullptr, second);
}

TEST(KernelMemory, OutlivesManyPieces) {
  std::vector<void*> pieces;
  for (int number = 0; number < 100; ++number) pieces.push_back(halide_malloc(nullptr, 1000));
  std::sort(pieces.begin(), pieces.end());
  EXPECT_EQ(std::adjacent_find(pieces.begin(), pieces.end()), pieces.end());
  for (void* piece : pieces) halide_free(nullptr, piece);
}

TEST(KernelFault, IsKeptUntilAsked) {
  EXPECT_EQ(take_kernel_fault(), "");
  halide_error(nullptr, "first");
  halide_error(nullptr, "second");
  EXPECT_EQ(take_kernel_fault(), "first");
  EXPECT_EQ(take_kernel_fault(), "");
}

}  // namespace
}  // namespace dnnc::runtime
