#include <fmt/format.h>
#include <gtest/gtest.h>

#include "compare.h"
#include "kernel_runner.h"

namespace dnnc::test {
namespace {

/// A chain of formulas, each of which reads the one before it more than once: `step` says how, with {0} for it.
std::string chain(const std::string& step, int depth, const std::string& result) {
  std::string text = "%x[n: 5, i: 9] = field \"i0\"\n%n0[n: 5, i: 9] = %x[n, i]\n";
  for (int k = 1; k <= depth; ++k)
    text += fmt::format("%n{}[n: 5, i: 9] = {}\n", k, fmt::format(fmt::runtime(step), fmt::format("%n{}", k - 1)));
  return text + fmt::format(fmt::runtime(result), fmt::format("%n{}", depth)) + "output value \"o0\" = %y\n";
}

const char* const steps[] = {
    "{0}[n, i] * sigmoid({0}[n, i])",
    "({0}[n, i] + {0}[n, i]) / 2",
    "{0}[n, i] / 3 + {0}[n, 8 - i] / 3",
    "({0}[n, i] + {0}[n, i - 1 else 0] * {0}[n, i + 1 else 0]) / 2",
    "select({0}[n, i] < 0.1, {0}[4 - n, i] / 2, {0}[n, 8 - i])",
};

const char* const results[] = {
    "%y[n: 5, i: 9] = {0}[n, i]\n",
    "%y[n: 5] = sum[i: 9]({0}[n, i] * {0}[n, i] / 9)\n",
    "%y[n: 5, i: 4] = {0}[n, i] + {0}[n, i + 4]\n",
};

size_t statement_size(const std::string& text) {
  return kernel_statement(kernel_of("graph \"kernel\"\n" + text), *cpu_backend(*named_target("avx2"))).size();
}

/// What is computed where it is read must not be written out for each way that leads to it.
TEST(growth, of_formulas_that_double_is_that_of_their_depth) {
  for (const char* step : steps)
    for (const char* result : results) {
      const size_t shallow = statement_size(chain(step, 10, result)), deep = statement_size(chain(step, 20, result));
      EXPECT_LT(deep, 5 * shallow / 2) << chain(step, 20, result);
    }
}

/// Written out, the formula has 2^30 parts.
TEST(growth, of_one_formula_is_that_of_its_different_parts) {
  Kernel kernel =
      kernel_of("graph \"kernel\"\n%x[i: 9] = field \"i0\"\n%y = sum[i: 9](%x[i])\noutput value \"o0\" = %y\n");
  Expr& body = std::get<Comprehension>(kernel.body[kernel.body.outputs[0].node].kind).body;
  for (int k = 0; k < 30; ++k) body = body * call(Function::Sigmoid, {body});
  EXPECT_LT(kernel_statement(kernel, *cpu_backend(*named_target("avx2"))).size(), 200'000u);
}

TEST(growth, leaves_what_is_computed_as_it_is) {
  for (const char* step : steps)
    for (const char* result : results) expect_as_interpreted(chain(step, 8, result));
}

}  // namespace
}  // namespace dnnc::test
