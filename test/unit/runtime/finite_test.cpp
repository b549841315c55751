#include "runtime/program/finite.h"

#include <gtest/gtest.h>

#include <limits>
#include <utility>
#include <vector>

namespace dnnc::runtime {
namespace {

/// Sizes below, at and above those of the vectors of every processor, and so large that threads share them.
constexpr int64_t sizes[] = {1, 7, 15, 16, 17, 63, 64, 65, 129, 1000, 500'001};

TEST(AllFinite, SeesNanAndInfinityAnywhere) {
  for (const int64_t size : sizes) {
    std::vector<float> values(static_cast<size_t>(size), -std::numeric_limits<float>::max());
    EXPECT_TRUE(all_finite(values.data(), size)) << size;
    for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                            -std::numeric_limits<float>::infinity()})
      for (int64_t at = 0; at < size; at += size > 1000 ? 9973 : 1) {
        const float good = std::exchange(values[static_cast<size_t>(at)], bad);
        EXPECT_FALSE(all_finite(values.data(), size)) << bad << " at " << at << " of " << size;
        values[static_cast<size_t>(at)] = good;
      }
  }
}

TEST(AllFinite, TakesTheSmallestAndTheLargestForFinite) {
  std::vector<float> values = {0.0f,
                               -0.0f,
                               std::numeric_limits<float>::denorm_min(),
                               std::numeric_limits<float>::max(),
                               std::numeric_limits<float>::lowest(),
                               1e-38f};
  for (int doubled = 0; doubled < 8; ++doubled) values.insert(values.end(), values.begin(), values.end());
  EXPECT_TRUE(all_finite(values.data(), static_cast<int64_t>(values.size())));
}

}  // namespace
}  // namespace dnnc::runtime
