#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "compare.h"
#include "compiler/halide/structure/structure.h"
#include "compiler/kernels/access.h"

// Sums whose terms are added to the places that values tell: gradients of tables.
namespace dnnc::test {
namespace {

const auto f32 = Storage::Float32;
const auto i32 = Storage::Int32;

Kernel checked_kernel(const std::string& text, std::vector<Storage> storage) {
  const Kernel kernel = kernel_of("graph \"kernel\"\n" + text, std::move(storage));
  EXPECT_FALSE(structure_of(kernel).segmented.empty()) << "computed in another way:\n" << text;
  return kernel;
}

std::string rows_of_a_table(int rows, int width, int positions) {
  return fmt::format(R"(
%word[t: {2}]: class[{0}] = field "i0"
%d[t: {2}, k: {1}] = field "i1"
%table[v: {0}, k: {1}] = sum[t: {2}](select(%word[t] == v, %d[t, k], 0))
output value "o0" = %table
)",
                     rows, width, positions);
}

/// Of a few rows another way may cost less: those of 53 and more are computed in this one.
TEST(segments, of_tables_of_any_size) {
  for (const int width : {1, 2, 7, 8, 13, 64, 65, 130})
    for (const int rows : {1, 2, 7, 13, 53, 101}) {
      const std::string text = rows_of_a_table(rows, width, 67);
      const Kernel kernel =
          rows < 53 ? kernel_of("graph \"kernel\"\n" + text, {i32, f32}) : checked_kernel(text, {i32, f32});
      expect_as_interpreted(kernel, host_target(), {{0, static_cast<float>(rows), true}, {}});
    }
}

/// Sums of float32 differ with their order.
TEST(segments, add_terms_in_the_order_of_their_places) {
  constexpr int rows = 41, width = 13, positions = 700;
  const LoadedKernel kernel(checked_kernel(rows_of_a_table(rows, width, positions), {i32, f32}), host_target());
  auto words = random_values(positions, 1, 0, rows);
  for (float& word : words) word = std::floor(word);
  const auto terms = random_values(positions * width, 2);
  std::vector<float> expected(rows * width, 0.0f);
  for (int t = 0; t < positions; ++t)
    for (int k = 0; k < width; ++k) expected[static_cast<int>(words[t]) * width + k] += terms[t * width + k];
  EXPECT_EQ(kernel.run({words, terms}).at(0), expected);
}

TEST(segments, along_any_axis_of_the_table) {
  expect_as_interpreted(checked_kernel(R"(
%word[n: batch 5, t: 7]: class[31] = field "i0"
%d[n: batch 5, t: 7, h: 3, k: 11] = field "i1"
%middle[h: 3, v: 31, k: 11] = sum[n: batch 5, t: 7](select(%word[n, t] == v, %d[n, t, h, k], 0))
output value "o0" = %middle
)",
                                       {i32, f32}),
                        host_target(), {{0, 31, true}, {}});
  expect_as_interpreted(checked_kernel(R"(
%word[n: batch 5, t: 7]: class[31] = field "i0"
%d[n: batch 5, t: 7, h: 3, k: 70] = field "i1"
%last[h: 3, k: 70, v: 31] = sum[n: batch 5, t: 7](select(%word[n, t] == v, %d[n, t, h, k], 0))
output value "o0" = %last
)",
                                       {i32, f32}),
                        host_target(), {{0, 31, true}, {}});
}

TEST(segments, by_values_of_several_axes) {
  expect_as_interpreted(checked_kernel(R"(
%word[n: batch 5, t: 7]: class[11] = field "i0"
%place[n: batch 5]: class[6] = field "i1"
%d[n: batch 5, t: 7, k: 9] = field "i2"
%table[u: 6, k: 9, v: 11] = sum[n: batch 5, t: 7](select(%word[n, t] == v and %place[n] == u, %d[n, t, k], 0))
output value "o0" = %table
)",
                                       {i32, i32, f32}),
                        host_target(), {{0, 11, true}, {0, 6, true}, {}});
}

TEST(segments, by_a_value_that_depends_on_the_place_along_another_axis) {
  expect_as_interpreted(checked_kernel(R"(
%word[h: 4, t: 37]: class[29] = field "i0"
%d[t: 37, h: 4] = field "i1"
%table[h: 4, v: 29] = sum[t: 37](select(v == %word[h, t], %d[t, h] * 2, 0))
output value "o0" = %table
)",
                                       {i32, f32}),
                        host_target(), {{0, 29, true}, {}});
}

TEST(segments, under_further_conditions_and_by_values_that_are_no_places) {
  expect_as_interpreted(checked_kernel(R"(
%value[t: 50] = field "i0"
%count = field "i1"
%d[t: 50, k: 9] = field "i2"
%table[v: 20, k: 9] = sum[t: 50](select(t < %count, select(%value[t] == v and k < 7, %d[t, k] * v, 0), 0))
output value "o0" = %table
)",
                                       {f32, f32, f32}),
                        host_target(), {{-5, 25, true}, {40, 41}, {}});
  expect_as_interpreted(checked_kernel(R"(
%value[t: 50] = field "i0"
%table[v: 60] = sum[t: 50](select(%value[t] == v, 1, 0))
output value "o0" = %table
)",
                                       {f32}),
                        host_target(), {{0, 60, false}});
}

TEST(segments, with_what_reads_them_in_one_kernel) {
  expect_as_interpreted(checked_kernel(R"(
%word[t: 37]: class[23] = field "i0"
%d[t: 37, k: 5] = field "i1"
%e[t: 37, k: 5] = exp(%d[t, k])
%table[v: 23, k: 5] = sum[t: 37](select(%word[t] == v, %e[t, k], 0))
%norm = sum[v: 23, k: 5](%table[v, k] * %table[v, k])
%clipped[v: 23, k: 5] = %table[v, k] / (1 + %norm)
output value "o0" = %clipped
output value "o1" = %norm
)",
                                       {i32, f32}),
                        host_target(), {{0, 23, true}, {}}, 4e-5);
}

TEST(segments, in_tasks) {
  const int64_t before = tasks_run();
  expect_as_interpreted(checked_kernel(rows_of_a_table(7, 1030, 600), {i32, f32}), host_target(), {{0, 7, true}, {}});
  EXPECT_GT(tasks_run(), before);
}

}  // namespace
}  // namespace dnnc::test
