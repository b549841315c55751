#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cmath>

#include "compare.h"

namespace dnnc::test {
namespace {

const auto u8 = Storage::UInt8;
const auto f32 = Storage::Float32;
const auto i32 = Storage::Int32;

TEST(kernels, of_a_formula_without_axes) {
  expect_as_interpreted(R"(
%a = field "i0"
%b = field "i1"
%y = (%a + 2) * %b
output value "o0" = %y
)");
}

TEST(kernels, read_bytes_and_whole_numbers) {
  expect_as_interpreted(R"(
%image[n: batch 5, p: 13] = field "i0"
%label[n: batch 5]: class[10] = field "i1"
%scale[n: batch 5] = field "i2"
%y[n: batch 5, p: 13] = %image[n, p] / 255 + %label[n] * %scale[n]
output value "o0" = %y
)",
                        {u8, i32, f32}, {{0, 256, true}, {0, 10, true}, {}});
}

TEST(kernels, read_outside_as_the_value_after_else) {
  expect_as_interpreted(R"(
%x[n: batch 2, h: 7, c: 5] = field "i0"
%y[n: batch 2, h: 9, c: 5] = %x[n, h - 1, c else 3] + %x[n, 2*h - 4, c else %x[n, 0, c]]
output value "o0" = %y
)");
}

TEST(kernels, read_quotients_and_remainders_of_an_index) {
  expect_as_interpreted(R"(
%x[a: 3, b: 4] = field "i0"
%y[k: 12] = %x[k // 4, k % 4] + index(2*(k // 3) - k)
output value "o0" = %y
)");
}

TEST(kernels, gather_rows_by_value) {
  expect_as_interpreted(R"(
%table[w: 11, k: 7] = field "i0"
%word[n: batch 4, t: 3]: class[11] = field "i1"
%y[n: batch 4, t: 3, k: 7] = %table[@(%word[n, t]), k]
output value "o0" = %y
)",
                        {f32, i32}, {{}, {0, 11, true}});
}

TEST(kernels, divide_by_a_zero_that_is_written_out) {
  expect_as_interpreted(R"(
%x[k: 13] = field "i0"
%y[k: 13] = select(%x[k] < 100, %x[k], %x[k] / 0)
%z[k: 13] = select(%x[k] < 0, %x[k] / 0, (index(k) + 1) / -0)
%w[k: 13] = (index(k) - 20) / -0
output value "o0" = %y
output value "o1" = %z
output value "o2" = %w
)");
}

TEST(kernels, reduce_what_does_not_depend_on_the_index) {
  for (const char* reduction : {"sum", "product", "max", "min", "argmax"})
    expect_as_interpreted(std::string(R"(
%x[k: 13] = field "i0"
%y[k: 13] = )") + reduction +
                          R"([r: 7](exp(%x[k]))
output value "o0" = %y
)");
}

TEST(kernels, reduce_by_every_reduction) {
  for (const char* reduction : {"sum", "product", "max", "min", "argmax", "argmin"})
    for (const char* extents : {"1 1 1", "2 3 1", "7 2 13", "3 17 33"}) {
      int a, b, c;
      ASSERT_EQ(sscanf(extents, "%d %d %d", &a, &b, &c), 3);
      const std::string n = std::to_string(a), i = std::to_string(b), j = std::to_string(c);
      expect_as_interpreted("%x[n: batch " + n + ", i: " + i + ", j: " + j + "] = field \"i0\"\n" + "%y[n: batch " + n +
                            ", j: " + j + "] = " + reduction + "[i: " + i + "](%x[n, i, j])\n" + "%z[n: batch " + n +
                            ", i: " + i + "] = " + reduction + "[j: " + j + "](%x[n, i, j])\n" + "%t = " + reduction +
                            "[n: batch " + n + ", i: " + i + ", j: " + j + "](%x[n, i, j])\n" +
                            "output value \"o0\" = %y\noutput value \"o1\" = %z\noutput value \"o2\" = %t\n");
    }
}

TEST(kernels, take_the_first_of_equal_maxima) {
  expect_as_interpreted(R"(
%x[n: batch 33, i: 9] = field "i0"
%largest[n: batch 33] = argmax[i: 9](%x[n, i])
%smallest[n: batch 33] = argmin[i: 9](%x[n, i])
output value "o0" = %largest
output value "o1" = %smallest
)",
                        {}, {{0, 3, true}});
}

TEST(kernels, compute_nodes_between_input_and_output) {
  expect_as_interpreted(R"(
%x[n: batch 6, k: 10] = field "i0"
%m[n: batch 6] = max[k: 10](%x[n, k])
%e[n: batch 6, k: 10] = exp(%x[n, k] - %m[n])
%s[n: batch 6] = sum[k: 10](%e[n, k])
%y[n: batch 6, k: 10] = %e[n, k] / %s[n]
output value "o0" = %y
)");
}

TEST(kernels, read_a_part_of_what_they_compute_between) {
  const std::string fields = "%x[n: batch 2, h: 3, k: 13] = field \"i0\"\n%w[k: 13] = field \"i1\"\n";
  const std::string read =
      "%y[n: batch 2] = %z[n, 0] * 2\n%t[n: batch 2] = reshape %y\n%v[n: batch 2] = %t[n] + 1\n"
      "output value \"o0\" = %v\n";
  for (const char* between :
       {"sum[k: 13](%x[n, h, k] * %w[k])", "max[k: 13](%x[n, h, k] - %w[k])", "%x[n, h, 0] * %w[h]"})
    for (const int extent : {2, 3}) {
      const std::string z = fmt::format("%z[n: batch 2, h: {}] = {}\n", extent, between);
      expect_as_interpreted(fields + z + read, {f32, f32}, {{1, 2, false}, {1, 2, false}});
    }
}

TEST(kernels, reduce_what_reads_no_index_of_the_reduction) {
  const std::string fields = "%x[n: batch 2, k: 40] = field \"i0\"\n%w[k: 40] = field \"i1\"\n";
  for (const char* term : {"%x[n, k] * %w[k]", "%x[n, k] + %w[k]", "%x[n, 3]"})
    for (const char* reduction : {"sum[r: 3]", "sum[r: 2, s: 5]", "product[r: 3]", "max[r: 3]"})
      expect_as_interpreted(
          fields + fmt::format("%y[n: batch 2, k: 40] = {}({})\noutput value \"o0\" = %y\n", reduction, term),
          {f32, f32});
}

/// A processor that calls a device cannot read the number by which it is chosen.
TEST(kernels, choose_by_a_number_whether_they_reduce) {
  expect_as_interpreted(R"(
%p = field "i0"
%x[k: 13] = field "i1"
%s = sum[k: 13](%x[k] * %x[k])
%y = select(0 < %p, %s, 1)
%z[k: 13] = select(%p < 0, %s, %x[k])
output value "o0" = %y
output value "o1" = %z
)");
}

TEST(kernels, see_the_elements_of_a_reshape) {
  expect_as_interpreted(R"(
%x[n: batch 3, h: 4, c: 5] = field "i0"
%flat[n: batch 3, k: 20] = reshape %x
%y[n: batch 3, k: 20] = 2 * %flat[n, k]
%back[n: batch 3, a: 2, b: 10] = reshape %y
%z[n: batch 3, a: 2] = sum[b: 10](%back[n, a, b])
output value "o0" = %z
)");
}

/// Adam: three arrays that are overwritten together, each from the old values of all.
const char* const adam = R"(
%w[i: 13, j: 7] = field "i0"
%m[i: 13, j: 7] = field "i1"
%v[i: 13, j: 7] = field "i2"
%g[i: 13, j: 7] = field "i3"
%t = field "i4"
%m1[i: 13, j: 7] = 0.9 * %m[i, j] + 0.1 * %g[i, j]
%v1[i: 13, j: 7] = 0.999 * %v[i, j] + 0.001 * %g[i, j] ^ 2
%step[i: 13, j: 7] = (%m1[i, j] / (1 - 0.9 ^ %t)) / (sqrt(%v1[i, j] / (1 - 0.999 ^ %t)) + 0.0000001) + 0 * %w[i, j]
%w1[i: 13, j: 7] = %w[i, j] - 0.001 * %step[i, j]
output value "o0" = %w1
output value "o1" = %m1
output value "o2" = %v1
)";

TEST(kernels, overwrite_inputs_together_from_old_values) {
  const Kernel apart = kernel_of(std::string("graph \"kernel\"\n") + adam, {});
  const Kernel over = kernel_of(std::string("graph \"kernel\"\n") + adam, {}, {0, 1, 2});
  const std::vector<Filling> fillings = {{}, {}, {0, 1}, {}, {3, 3}};
  expect_as_interpreted(apart, host_target(), fillings, 1e-4);
  expect_as_interpreted(over, host_target(), fillings, 1e-4);
}

TEST(kernels, serve_arrays_of_any_length) {
  const std::vector<int64_t> lengths = {1, 2, 7, 8, 9, 13, 64, 1000, 4096, 4099, 100'003};
  const Kernel apart = for_any_length(kernel_of(std::string("graph \"kernel\"\n") + adam, {}));
  const Kernel over = for_any_length(kernel_of(std::string("graph \"kernel\"\n") + adam, {}, {0, 1, 2}));
  // Sums of numbers of one sign, so that each element is right to a few roundings.
  const std::vector<Filling> fillings = {{2, 3}, {0, 1}, {0.1f, 1}, {0, 1}, {3, 3}};
  const int64_t before = tasks_run();
  expect_as_interpreted_at(lengths, apart, host_target(), fillings);
  expect_as_interpreted_at(lengths, over, host_target(), fillings);
  EXPECT_GT(tasks_run() - before, 4 * static_cast<int64_t>(lengths.size()));
  const Kernel bytes = for_any_length(kernel_of(R"(graph "kernel"
%x[i: 5] = field "i0"
%y[i: 5] = %x[i] / 255
%z[i: 5] = max(%y[i], 0.5) - %y[i]
%c[i: 5] = 3
%s = field "i1"
%t = %s * 2
output value "o0" = %z
output value "o1" = %c
output value "o2" = %t
)",
                                                {Storage::UInt8, Storage::Float32}, {-1, -1, 1}));
  expect_as_interpreted_at(lengths, bytes, host_target(), {{0, 255, true}});
}

TEST(kernels, overwrite_inputs_that_read_each_other) {
  const std::pair<std::string, std::string> shapes[] = {
      {"", ""}, {"[i: 1]", "[i]"}, {"[i: 17]", "[i]"}, {"[i: 3, j: 9]", "[i, j]"}};
  for (const auto& [a, at] : shapes) {
    expect_as_interpreted("%a" + a + " = field \"i0\"\n%b" + a + " = field \"i1\"\n%c" + a + " = field \"i2\"\n" +
                              "%x" + a + " = %a" + at + " + %b" + at + "\n%y" + a + " = %a" + at + " * %b" + at + "\n" +
                              "%z" + a + " = sqrt(%x" + at + " + %c" + at + " + 3)\n" +
                              "output value \"o0\" = %x\noutput value \"o1\" = %y\noutput value \"o2\" = %z\n",
                          {}, {}, {0, 1, 2});
  }
}

TEST(kernels, keep_the_order_of_outputs_when_some_are_overwritten) {
  expect_as_interpreted(R"(
%a[i: 5] = field "i0"
%b[i: 5] = field "i1"
%total = sum[i: 5](%b[i])
%c[i: 5] = %a[i] * 2
output value "o0" = %total
output value "o1" = %c
)",
                        {}, {}, {-1, 0});
}

TEST(kernels, draw_the_numbers_of_the_document) {
  expect_as_interpreted(R"(
%seed: int = field "i0"
%step: int = field "i1"
%u[n: batch 3, k: 50] = uniform(-2, 3, stream: 77777777777, seed: %seed, step: %step, example: n, element: k)
%v[n: batch 3, k: 50] = normal(1, 2, stream: 5, seed: %seed, step: %step, example: n, element: k) + 0
%b[n: batch 3, k: 50] = bernoulli(0.3, stream: 6, seed: %seed, step: %step, example: n, element: 2*k + 1)
%later[n: batch 3, k: 50] = uniform(0, 1, stream: 6, seed: %seed, step: %step, first: %step, example: n, element: k)
output value "o0" = %u
output value "o1" = %v
output value "o2" = %b
output value "o3" = %later
)",
                        {i32, i32}, {{42, 42, true}, {7, 7, true}});
}

}  // namespace
}  // namespace dnnc::test
