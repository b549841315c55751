#include "runtime/program/halide_runtime.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "runtime/program/threads.h"

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

/// More than any computer has.
constexpr size_t endless = size_t{1} << 60;

TEST(KernelMemory, IsNullWhereThereIsNoMoreAndSaysHowMuchWasAsked) {
  EXPECT_EQ(halide_malloc(nullptr, endless), nullptr);
  EXPECT_EQ(take_kernel_fault(), std::to_string(endless) + " bytes");
  halide_free(nullptr, nullptr);
  void* piece = halide_malloc(nullptr, 50000);
  EXPECT_NE(piece, nullptr);
  halide_free(nullptr, piece);
  release_scratch();
}

/// As a kernel's task does that asks for memory of its own.
int task_without_memory(void*, int number, uint8_t*) {
  void* piece = halide_malloc(nullptr, number == 5 ? endless : 64);
  halide_free(nullptr, piece);
  return piece ? 0 : halide_error_out_of_memory(nullptr);
}

TEST(KernelMemory, ThatATaskLacksEndsTheLoopWithItsCode) {
  for (int threads : {1, 3}) {
    set_threads(threads);
    EXPECT_EQ(halide_do_par_for(nullptr, task_without_memory, 0, 20, nullptr), kernel_out_of_memory);
    EXPECT_EQ(take_kernel_fault(), std::to_string(endless) + " bytes");
  }
}

TEST(KernelFault, IsCutOffWhereThereIsNoPlaceForMore) {
  halide_error(nullptr, std::string(5000, 'x').c_str());
  const std::string told = take_kernel_fault();
  EXPECT_GT(told.size(), 100u);
  EXPECT_EQ(told.find_first_not_of('x'), std::string::npos);
}

TEST(KernelMemory, ThatCannotBeCountedIsNone) {
  EXPECT_EQ(halide_error_buffer_allocation_too_large(nullptr, "f", uint64_t{1} << 40, INT32_MAX), kernel_out_of_memory);
  EXPECT_EQ(take_kernel_fault(), "1099511627776 bytes");
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
