#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "compiler/target/target_precision.h"
#include "kernel_runner.h"

namespace dnnc::test {
namespace {

const float infinity = std::numeric_limits<float>::infinity();
const float quiet_nan = std::numeric_limits<float>::quiet_NaN();

/// Distance of a float32 from the true value in units in the last place of the float32 nearest to it. Below the normal
/// numbers the unit is that of the smallest of them: hardware may flush what lies beneath.
double ulps(float got, double want) {
  if (std::isnan(want)) return std::isnan(got) ? 0 : infinity;
  const auto nearest = static_cast<float>(want);
  if (got == nearest) return 0;
  if (!std::isfinite(got) || !std::isfinite(nearest)) return infinity;
  const float size = std::max(std::fabs(nearest), std::numeric_limits<float>::min());
  return std::fabs(got - want) / (std::nextafter(size, infinity) - static_cast<double>(size));
}

struct Case {
  Function function;
  float low, high;
  double bound;  ///< in ulps
};

/// Every float32 of a dense grid between two numbers: even steps, and steps even in the exponent, with both signs.
std::vector<float> grid(float low, float high) {
  std::vector<float> points;
  const int count = 40000;
  for (int k = 0; k <= count; ++k) points.push_back(low + (high - low) * static_cast<float>(k) / count);
  for (int k = 0; k <= count; ++k) {
    const float size = std::ldexp(1.0f, -40) * std::exp2(80.0f * static_cast<float>(k) / count);
    for (float point : {size, -size})
      if (point >= low && point <= high) points.push_back(point);
  }
  return points;
}

class OneArgument : public testing::TestWithParam<Case> {};

TEST_P(OneArgument, is_within_its_bound) {
  const Case& c = GetParam();
  const std::vector<float> points = grid(c.low, c.high);
  const std::string text = "graph \"kernel\"\n%x[n: " + std::to_string(points.size()) +
                           "] = field \"i0\"\n%y[n: " + std::to_string(points.size()) + "] = " + info(c.function).name +
                           "(%x[n])\n" + "output value \"o0\" = %y\n";
  const auto result = LoadedKernel(kernel_of(text), host_target()).run({points})[0];
  double worst = 0;
  float at = 0;
  for (size_t k = 0; k < points.size(); ++k) {
    const double x = points[k];
    const double error = ulps(result[k], evaluate(c.function, &x));
    if (!(error <= worst)) worst = error, at = points[k];
  }
  // A driver of a device may be less exact, and makes one operation of a product and a sum where it likes.
  const double bound = std::max(c.bound, precision_of(tested_target()).units(c.function) / 2);
  EXPECT_LE(worst, bound) << info(c.function).name << " at " << at;
  RecordProperty("ulps", std::to_string(worst));
}

INSTANTIATE_TEST_SUITE_P(functions, OneArgument,
                         testing::Values(Case{Function::Exp, -110, 90, 2}, Case{Function::Log, 0, 1e30f, 1.5},
                                         Case{Function::Log1p, -1, 1e30f, 3}, Case{Function::Expm1, -30, 90, 3},
                                         Case{Function::Sqrt, 0, 1e30f, 0.51}, Case{Function::Sin, -1e5f, 1e5f, 1.5},
                                         Case{Function::Cos, -1e5f, 1e5f, 1.5}, Case{Function::Tanh, -30, 30, 4},
                                         Case{Function::Sigmoid, -90, 90, 3}, Case{Function::Erf, -10, 10, 2},
                                         Case{Function::Floor, -1e6f, 1e6f, 0}, Case{Function::Absolute, -10, 10, 0},
                                         Case{Function::Softplus, -90, 90, 4}, Case{Function::LogSigmoid, -90, 90, 4}),
                         [](const testing::TestParamInfo<Case>& test) {
                           return std::string(dnnc::info(test.param.function).name);
                         });

std::vector<float> apply(const std::string& formula, const std::vector<float>& a, const std::vector<float>& b) {
  const std::string n = std::to_string(a.size());
  return LoadedKernel(kernel_of("graph \"kernel\"\n%a[n: " + n + "] = field \"i0\"\n%b[n: " + n +
                                "] = field \"i1\"\n%y[n: " + n + "] = " + formula + "\noutput value \"o0\" = %y\n"),
                      host_target())
      .run({a, b})[0];
}

const std::vector<float> special = {0,  1,    -1,    0.5f, -0.5f, 2,        -2,        3,
                                    -3, 7.5f, -7.5f, 80,   -80,   infinity, -infinity, quiet_nan};

TEST(functions, of_special_values_are_as_interpreted) {
  std::vector<float> a, b;
  for (float x : special)
    for (float y : special) a.push_back(x), b.push_back(y);
  for (const FunctionInfo& row : all_functions()) {
    if (row.arity > 2) continue;
    const std::string arguments = row.arity == 1 ? "(%a[n])" : "(%a[n], %b[n])";
    const std::string operators[] = {" + ", " - ", " * ", " / ", " ^ "};
    std::string formula = row.name + arguments;
    if (row.function <= Function::Power) formula = "%a[n]" + operators[static_cast<int>(row.function)] + "%b[n]";
    if (row.function == Function::Negate) formula = "-(%a[n])";
    if (row.function == Function::Equal) formula = "%a[n] == %b[n]";
    if (row.function == Function::Unequal) formula = "%a[n] != %b[n]";
    if (row.function == Function::Less) formula = "%a[n] < %b[n]";
    if (row.function == Function::LessEqual) formula = "%a[n] <= %b[n]";
    if (row.function == Function::And) formula = "%a[n] and %b[n]";
    if (row.function == Function::Or) formula = "%a[n] or %b[n]";
    if (row.function == Function::Not) formula = "not %a[n]";
    const auto got = apply(formula, a, b);
    for (size_t k = 0; k < a.size(); ++k) {
      const double x[] = {a[k], b[k]};
      EXPECT_LE(ulps(got[k], evaluate(row.function, x)), 4)
          << row.name << " of " << a[k] << ", " << b[k] << ": " << got[k];
    }
  }
}

TEST(functions, power_is_within_two_ulps) {
  const auto a = random_values(20000, 1, 0, 30), b = random_values(20000, 2, -20, 20);
  const auto got = apply("%a[n] ^ %b[n]", a, b);
  double worst = 0;
  for (size_t k = 0; k < a.size(); ++k) worst = std::max(worst, ulps(got[k], std::pow(double{a[k]}, double{b[k]})));
  EXPECT_LE(worst, 2);
}

/// The guards of a step look at results: a NaN must get through an activation that is made in a contraction's tile.
TEST(functions, take_over_a_nan_in_the_tile_of_a_contraction) {
  for (const char* activation : {"max(%z[n, j], 0)", "max(0, %z[n, j])", "min(%z[n, j], 0)", "tanh(%z[n, j])"}) {
    const Kernel kernel = kernel_of(std::string(R"(graph "kernel"
%x[n: 20, k: 40] = field "i0"
%w[k: 40, j: 32] = field "i1"
%z[n: 20, j: 32] = sum[k: 40](%x[n, k] * %w[k, j])
%y[n: 20, j: 32] = )") + activation +
                                    "\noutput value \"o0\" = %y\n");
    auto x = random_values(800, 1);
    x[3 * 40 + 5] = quiet_nan;
    const auto y = LoadedKernel(kernel, host_target()).run({x, random_values(1280, 2)})[0];
    for (size_t k = 0; k < y.size(); ++k) EXPECT_EQ(std::isnan(y[k]), k / 32 == 3) << activation << " element " << k;
  }
}

}  // namespace
}  // namespace dnnc::test
