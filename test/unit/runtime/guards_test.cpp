#include "runtime/program/guards.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace dnnc::runtime {
namespace {

constexpr float largest = std::numeric_limits<float>::max(), infinity = std::numeric_limits<float>::infinity(),
                no_number = std::numeric_limits<float>::quiet_NaN();

/// An arena of floats: two operands, a gradient with the bound factor * |a| |b|, one without, and the loss.
struct Step {
  enum : size_t { a, b, product = 4, other = 8, loss = 12, count = 16 };
  std::vector<float> numbers = std::vector<float>(count, 0.5f);
  EntryInfo entry;

  explicit Step(double factor) {
    entry.witnesses = {{a * 4, 4}, {b * 4, 4}};
    entry.guards = {{"gradient of product", "n.dnn:1:2", product * 4, 16, {{factor, {0, 1}}}},
                    {"gradient of other", "n.dnn:3:4", other * 4, 16},
                    {loss_name, "n.dnn:5:6", loss * 4, 4}};
  }
  std::string found() const {
    Guards guards(entry);
    const Guard* guard = guards.not_finite(reinterpret_cast<const char*>(numbers.data()));
    return guard ? guard->name : "";
  }
};

TEST(Guards, LooksAtWitnessesInPlaceOfAGradient) {
  Step step(64);
  EXPECT_EQ(step.found(), "");
  step.numbers[Step::product + 3] = infinity;
  EXPECT_EQ(step.found(), "") << "a bound that does not hold is a fault of the compiler: nobody looked";
}

TEST(Guards, LooksAtTheGradientWhereAWitnessIsNotFinite) {
  for (const float bad : {no_number, -no_number, infinity, -infinity})
    for (const size_t witness : {Step::a, Step::b}) {
      Step step(1);
      step.numbers[witness] = bad;
      EXPECT_EQ(step.found(), "") << bad;
      step.numbers[Step::product + 2] = no_number;
      EXPECT_EQ(step.found(), "gradient of product") << bad;
    }
}

/// The bound is a float32 up to the largest one exactly, and is computed in more than float32.
TEST(Guards, LooksAtTheGradientWhereItMayOverflow) {
  Step step(2);
  step.numbers[Step::product] = infinity;
  for (const auto& [x, y] : {std::pair(largest / 2, 1.0f), {-0x1p63f, 0x1p63f}, {largest / 2, 1e-30f}, {0.0f, -0.0f}}) {
    step.numbers[Step::a] = x, step.numbers[Step::b] = y;
    EXPECT_EQ(step.found(), "") << x << " " << y;
  }
  for (const auto& [x, y] : {std::pair(std::nextafter(largest / 2, largest), 1.0f),
                             {1.0f, -std::nextafter(largest / 2, largest)},
                             {-0x1p63f, 0x1p64f},
                             {largest, 0.0f},
                             {largest, largest}}) {
    step.numbers[Step::a] = x, step.numbers[Step::b] = y;
    EXPECT_EQ(step.found(), "gradient of product") << x << " " << y;
  }
}

/// Buffers near each other are looked at in one go; what lies between them may be anything.
TEST(Guards, FindsNothingInTheGapBetweenTwoGradients) {
  Step step(1);
  step.entry.guards[1].bytes = 8;
  step.numbers[Step::other + 2] = no_number;
  EXPECT_EQ(step.found(), "");
  step.numbers[Step::other + 1] = infinity;
  EXPECT_EQ(step.found(), "gradient of other");
  step.numbers[Step::other + 1] = 0;
  step.numbers[Step::loss] = no_number;
  EXPECT_EQ(step.found(), loss_name);
}

TEST(Guards, TakesASmallMagnitudeForOne) {
  Step step(3e38);
  step.numbers[Step::product] = infinity;
  step.numbers[Step::a] = 1e-10f;
  EXPECT_EQ(step.found(), "");
  step.numbers[Step::b] = 2;
  EXPECT_EQ(step.found(), "gradient of product");
}

TEST(Guards, AddsTheTermsOfABound) {
  Step step(1);
  step.entry.guards[0].bound = {{1, {0}}, {1, {1, 1}}, {1e38, {}}};
  step.numbers[Step::product] = no_number;
  EXPECT_EQ(step.found(), "");
  step.numbers[Step::b] = 1e19f;
  EXPECT_EQ(step.found(), "");
  step.numbers[Step::a] = 2e38f;
  EXPECT_EQ(step.found(), "gradient of product");
}

TEST(Guards, NamesTheFirstWhateverWasSeenFirst) {
  Step step(1);
  step.numbers[Step::loss] = step.numbers[Step::other + 3] = infinity;
  EXPECT_EQ(step.found(), "gradient of other");
  step.numbers[Step::a] = step.numbers[Step::product] = infinity;
  EXPECT_EQ(step.found(), "gradient of product");
}

TEST(Guards, LooksAtTheLossToo) {
  Step step(1);
  step.numbers[Step::loss] = no_number;
  EXPECT_EQ(step.found(), "loss");
}

}  // namespace
}  // namespace dnnc::runtime
