#include "runtime/run/means.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace dnnc::runtime {
namespace {

TEST(Means, AFloat32CountsAsTheShortestDecimalThatMeansIt) {
  EXPECT_EQ(decimal_of(0.7f), 0.7);
  EXPECT_EQ(decimal_of(-0.1f), -0.1);
  EXPECT_EQ(decimal_of(1.0f / 3), 0.33333334);
  EXPECT_EQ(decimal_of(16777217.0f), 16777216);
  EXPECT_EQ(decimal_of(123456.79f), 123456.79);
  EXPECT_EQ(decimal_of(123456792.0f), 123456792) << "whole numbers are meant to the last digit";
  EXPECT_EQ(decimal_of(std::numeric_limits<float>::denorm_min()), 1.4013e-45);
  EXPECT_EQ(decimal_of(std::numeric_limits<float>::infinity()), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(decimal_of(std::numeric_limits<double>::quiet_NaN())));
  for (float number = 1e-30f; number < 1e30f; number *= 1.7f) EXPECT_EQ(static_cast<float>(decimal_of(number)), number);
}

}  // namespace
}  // namespace dnnc::runtime
