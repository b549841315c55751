#include <gtest/gtest.h>

#include <cmath>
#include <limits>

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
  EXPECT_LE(worst, c.bound) << info(c.function).name << " at " << at;
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

}  // namespace
}  // namespace dnnc::test
