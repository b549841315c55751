#include "compiler/halide/structure/contraction.h"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <array>

#include "compare.h"
#include "compiler/halide/cpu/contraction_plan.h"
#include "contraction_cases.h"

namespace dnnc::test {
namespace {

void expect_all(const std::vector<ContractionCase>& cases) {
  for (const ContractionCase& one : cases) {
    SCOPED_TRACE(one.name);
    expect_as_interpreted(kernel_of(one.text), host_target());
  }
}

TEST(contraction, dense_of_awkward_sizes) {
  const int sizes[][3] = {{1, 1, 1},   {1, 7, 13},   {2, 13, 7},   {7, 1, 33},   {13, 33, 1},  {5, 2, 17},
                          {33, 17, 2}, {17, 37, 19}, {20, 30, 50}, {32, 64, 10}, {8, 100, 24}, {48, 50, 96}};
  for (const auto& [batch, inputs, outputs] : sizes) expect_all(dense_cases(batch, inputs, outputs));
}

TEST(contraction, convolution_of_awkward_sizes) {
  expect_all(convolution_cases({1, 3, 1, 1}));
  expect_all(convolution_cases({2, 7, 3, 5}));
  expect_all(convolution_cases({3, 5, 13, 17}));
  expect_all(convolution_cases({10, 6, 5, 7}));
  expect_all(convolution_cases({2, 5, 8, 16, 1}));
  expect_all(convolution_cases({2, 7, 24, 40}));
}

TEST(contraction, convolution_with_padding) {
  expect_all(convolution_cases({2, 7, 3, 8, 3, 1, 1}));
  expect_all(convolution_cases({5, 6, 16, 16, 3, 1, 1}));
  expect_all(convolution_cases({1, 5, 8, 9, 5, 1, 2}));
}

TEST(contraction, convolution_with_stride) {
  expect_all(convolution_cases({2, 8, 3, 8, 3, 2, 1}));
  expect_all(convolution_cases({3, 9, 16, 8, 3, 2, 0}));
  expect_all(convolution_cases({2, 10, 7, 5, 4, 3, 1}));
}

/// Weights that are copied into panels, the last of which is not full.
TEST(contraction, with_a_panel_that_is_not_full) {
  expect_all(dense_cases(160, 128, 50));
  expect_all(dense_cases(100, 70, 91));
  expect_all(convolution_cases({9, 8, 16, 36}));
}

/// The second product reads whole vectors of what is made of the first, past the end of its rows.
TEST(contraction, of_what_is_made_of_a_contraction) {
  for (const auto& [batch, inputs, outputs] : {std::array{5, 2, 3}, {8, 3, 3}, {13, 7, 5}, {2, 1, 9}})
    expect_as_interpreted(fmt::format(R"(
%i0[a0: {0}, a1: {1}] = field "i0"
%i1[a0: {1}, a1: {2}] = field "i1"
%z[a0: {0}, a1: {2}] = sum[r0: {1}](%i0[a0, r0] * %i1[r0, a1])
%h[a0: {0}, a1: {2}] = abs(%z[a0, a1])
%w[a0: {1}, a1: {2}] = sum[r0: {0}](%h[r0, a1] * %i0[r0, a0])
output value "o0" = %w
)",
                                      batch, inputs, outputs));
}

/// Images whose channels are cut into panels too: for AVX2, whatever the machine has beyond it.
TEST(contraction, with_both_operands_in_panels) {
  const CpuTarget target = *named_target("avx2");
  for (const Convolution& convolution : {Convolution{32, 9, 24, 40}, {24, 6, 64, 64}}) {
    const ContractionCase by_weights = convolution_cases(convolution).back();
    SCOPED_TRACE(by_weights.name);
    const Kernel kernel = kernel_of(by_weights.text);
    const auto plan = plan_contraction(*contraction_of(kernel.body, kernel.body.outputs[0].node), target);
    EXPECT_TRUE(plan && plan->panels[0] && plan->panels[1]);
    expect_as_interpreted(kernel, target);
  }
}

/// Large enough for several tasks; compare.h runs them in both orders.
TEST(contraction, in_tasks) {
  const int64_t before = tasks_run();
  expect_all(dense_cases(33, 500, 130));
  expect_all(dense_cases(64, 100, 256));
  expect_all(convolution_cases({8, 9, 24, 40, 3, 1, 1}));
  EXPECT_GT(tasks_run(), before);
}

}  // namespace
}  // namespace dnnc::test
