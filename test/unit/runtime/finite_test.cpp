#include "runtime/program/finite.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace dnnc::runtime {
namespace {

/// Sizes below, at and above those of the vectors of every processor, and so large that threads share them.
constexpr int64_t sizes[] = {1, 7, 15, 16, 17, 63, 64, 65, 129, 1000, 500'001};

TEST(LargestMagnitude, IsFoundAnywhereWhateverItsSign) {
  for (const int64_t size : sizes) {
    std::vector<float> values(static_cast<size_t>(size), -0.25f);
    EXPECT_EQ(largest_magnitude(values.data(), size), std::bit_cast<uint32_t>(0.25f)) << size;
    for (const float large :
         {0.5f, -0.5f, std::numeric_limits<float>::lowest(), -std::numeric_limits<float>::infinity()})
      for (int64_t at = 0; at < size; at += size > 1000 ? 9973 : 1) {
        const float before = std::exchange(values[static_cast<size_t>(at)], large);
        EXPECT_EQ(largest_magnitude(values.data(), size), std::bit_cast<uint32_t>(std::fabs(large)))
            << large << " at " << at << " of " << size;
        values[static_cast<size_t>(at)] = before;
      }
  }
  EXPECT_EQ(largest_magnitude(nullptr, 0), 0u);
}

TEST(LargestMagnitude, IsThatOfWhatIsNoNumberBesideInfinity) {
  for (const float no_number : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::quiet_NaN()}) {
    std::vector<float> values(100, std::numeric_limits<float>::infinity());
    EXPECT_EQ(largest_magnitude(values.data(), 100), bits_of_infinity);
    values[70] = no_number;
    EXPECT_GT(largest_magnitude(values.data(), 100), bits_of_infinity);
  }
}

/// Short ones of every size up to twice the widest vector, one that threads share, and short ones again; with gaps of numbers
/// that are not to be looked at.
TEST(LargestMagnitude, OfStretchesIsFoundInEachAndNowhereElse) {
  std::vector<Stretch> stretches;
  int64_t end = 1;
  const auto add = [&](int64_t count) {
    stretches.push_back({4 * end, count});
    end += count + 1;
  };
  for (int64_t count = 0; count <= 33; ++count) add(count);
  add(300'001);
  for (int64_t count = 5; count >= 1; --count) add(count);
  std::vector<float> values(static_cast<size_t>(end), std::numeric_limits<float>::infinity());
  const auto at = [&](const Stretch& stretch, int64_t place) -> float& {
    return values[static_cast<size_t>(stretch.offset / 4 + place)];
  };
  for (const Stretch& stretch : stretches)
    for (int64_t place = 0; place < stretch.count; ++place) at(stretch, place) = -0.25f;
  const char* const base = reinterpret_cast<const char*>(values.data());
  EXPECT_EQ(largest_magnitude(base, stretches), std::bit_cast<uint32_t>(0.25f));
  for (const Stretch& stretch : stretches)
    for (int64_t place = 0; place < stretch.count; place += stretch.count > 33 ? 99'989 : 1) {
      at(stretch, place) = -0.5f;
      EXPECT_EQ(largest_magnitude(base, stretches), std::bit_cast<uint32_t>(0.5f)) << place << " of " << stretch.count;
      at(stretch, place) = -0.25f;
    }
  EXPECT_EQ(largest_magnitude(base, {}), 0u);
}

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
