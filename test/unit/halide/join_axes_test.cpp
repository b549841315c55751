#include "compiler/halide/join_axes.h"

#include <gtest/gtest.h>

#include "../graph_text.h"

namespace dnnc {
namespace {

void expect_joined(const std::string& text, const std::string& joined) {
  EXPECT_EQ(print(join_axes(graph_of(text))), "graph \"test\"\n" + joined);
}

TEST(join_axes, makes_one_axis_of_an_element_wise_formula) {
  expect_joined(R"(
%x[n: batch 2, h: 3, c: 5] = field "i0"
%g[n: batch 2, h: 3, c: 5] = field "i1"
%y[n: batch 2, h: 3, c: 5] = %x[n, h, c] * %g[n, h, c]
output value "o0" = %y
)",
                R"(%x[n: 30] = field "i0"
%g[n: 30] = field "i1"
%y[n: 30] = %x[n] * %g[n]
output value "o0" = %y
)");
}

TEST(join_axes, keeps_an_axis_that_is_read_alone) {
  expect_joined(R"(
%x[n: batch 2, h: 3, c: 5] = field "i0"
%b[c: 5] = field "i1"
%y[n: batch 2, h: 3, c: 5] = %x[n, h, c] + %b[c]
output value "o0" = %y
)",
                R"(%x[n: 6, c: 5] = field "i0"
%b[c: 5] = field "i1"
%y[n: 6, c: 5] = %x[n, c] + %b[c]
output value "o0" = %y
)");
}

TEST(join_axes, makes_a_product_of_matrices_of_a_dense_layer_over_sequences_and_of_a_convolution_by_one_pixel) {
  expect_joined(R"(
%x[n: batch 2, h: 3, c: 5] = field "i0"
%w[p: 1, c: 5, f: 7] = field "i1"
%y[n: batch 2, h: 3, f: 7] = sum[p: 1, c: 5](%x[n, h + p, c] * %w[p, c, f])
output value "o0" = %y
)",
                R"(%x[n: 6, c: 5] = field "i0"
%w[c: 5, f: 7] = field "i1"
%y[n: 6, f: 7] = sum[c: 5](%x[n, c] * %w[c, f])
output value "o0" = %y
)");
}

TEST(join_axes, joins_indices_of_a_reduction_and_numbers_made_of_both) {
  expect_joined(R"(
%x[n: batch 2, h: 3, c: 5] = field "i0"
%y = argmax[n: batch 2, h: 3, c: 5](%x[n, h, c] + index(15*n + 5*h + c + 1))
output value "o0" = %y
)",
                R"(%x[n: 30] = field "i0"
%y = argmax[n: 30](%x[n] + index(n + 1))
output value "o0" = %y
)");
}

TEST(join_axes, leaves_what_windows_and_divisions_read) {
  const std::string text = R"(%x[n: 2, h: 4, c: 5] = field "i0"
%y[n: 2, h: 2, c: 5] = max[p: 2](%x[n, 2*h + p, c])
%z[n: 2, h: 4, c: 5] = %y[n, h // 2, c] + %x[n, h - 1, c else 0]
output value "o0" = %z
)";
  expect_joined(text, text);
}

TEST(join_axes, of_one_side_only_when_the_other_side_is_read_in_another_order) {
  expect_joined(R"(
%x[a: 2, b: 3, c: 5] = field "i0"
%y[b: 3, c: 5, a: 2] = %x[a, b, c]
output value "o0" = %y
)",
                R"(%x[a: 2, b: 15] = field "i0"
%y[b: 15, a: 2] = %x[a, b]
output value "o0" = %y
)");
}

}  // namespace
}  // namespace dnnc
