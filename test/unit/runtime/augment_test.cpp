#include "runtime/data/augment.h"

#include <gtest/gtest.h>

#include <cmath>

#include "runtime/data/dataset.h"

namespace dnnc::runtime {
namespace {

using Kind = Augmentation::Kind;

std::vector<uint8_t> augmented(Augmentation augmentation, uint32_t row, uint64_t epoch, std::vector<uint8_t> image,
                               const std::vector<int64_t>& shape, uint64_t seed = 42) {
  augment_rows({augmentation}, shape, Storage::UInt8, reinterpret_cast<char*>(image.data()), &row, 1, seed, epoch);
  return image;
}

TEST(Augment, FlipMirrorsHalfOfTheTime) {
  const std::vector<uint8_t> image = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};  // [2, 3, 2]
  const std::vector<uint8_t> mirrored = {5, 6, 3, 4, 1, 2, 11, 12, 9, 10, 7, 8};
  const std::vector<uint8_t> upside_down = {7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6};
  int horizontal = 0, vertical = 0;
  for (uint32_t row = 0; row < 1000; ++row) {
    const auto h = augmented({Kind::FlipHorizontal}, row, 1, image, {2, 3, 2});
    const auto v = augmented({Kind::FlipVertical}, row, 1, image, {2, 3, 2});
    ASSERT_TRUE(h == image || h == mirrored);
    ASSERT_TRUE(v == image || v == upside_down);
    horizontal += h == mirrored;
    vertical += v == upside_down;
  }
  EXPECT_NEAR(horizontal, 500, 60);
  EXPECT_NEAR(vertical, 500, 60);
}

TEST(Augment, ShiftMovesBothWaysAndFillsWithZero) {
  const std::vector<uint8_t> image = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  std::vector<int> places(25);
  for (uint32_t row = 0; row < 500; ++row) {
    const auto moved = augmented({Kind::Shift, 2}, row, 1, image, {3, 3});
    // Exactly one shift explains what is seen.
    int found = -1;
    for (int down = -2; down <= 2; ++down)
      for (int right = -2; right <= 2; ++right) {
        bool same = true;
        for (int i = 0; i < 3; ++i)
          for (int j = 0; j < 3; ++j) {
            const int a = i - down, b = j - right;
            const bool inside = a >= 0 && a < 3 && b >= 0 && b < 3;
            same =
                same && moved[static_cast<size_t>(i * 3 + j)] == (inside ? image[static_cast<size_t>(a * 3 + b)] : 0);
          }
        if (same) found = (down + 2) * 5 + right + 2;
      }
    ASSERT_GE(found, 0);
    ++places[static_cast<size_t>(found)];
  }
  for (int count : places) EXPECT_GT(count, 0);
}

TEST(Augment, DependsOnRowEpochAndSeed) {
  const std::vector<uint8_t> image = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  const Augmentation shift = {Kind::Shift, 2};
  int by_epoch = 0, by_seed = 0;
  for (uint32_t row = 0; row < 50; ++row) {
    EXPECT_EQ(augmented(shift, row, 3, image, {3, 3}), augmented(shift, row, 3, image, {3, 3}));
    by_epoch += augmented(shift, row, 3, image, {3, 3}) != augmented(shift, row, 4, image, {3, 3});
    by_seed += augmented(shift, row, 3, image, {3, 3}, 1) != augmented(shift, row, 3, image, {3, 3}, uint64_t{1} << 32);
  }
  EXPECT_GT(by_epoch, 25);
  EXPECT_GT(by_seed, 25);
}

/// The greatest difference between the shares below a number, drawn and of the normal distribution.
TEST(Augment, NoiseIsNearlyNormal) {
  std::vector<float> drawn(200'000);
  augment_rows({{Kind::Noise, 2.5}}, {400, 500}, Storage::Float32, reinterpret_cast<char*>(drawn.data()),
               std::array{3u}.data(), 1, 42, 1);
  std::sort(drawn.begin(), drawn.end());
  double greatest = 0;
  for (size_t k = 0; k < drawn.size(); ++k) {
    const double normal = 0.5 * std::erfc(-static_cast<double>(drawn[k]) / 2.5 / std::sqrt(2.0));
    greatest = std::max(greatest, std::abs(normal - static_cast<double>(k) / static_cast<double>(drawn.size())));
  }
  EXPECT_LT(greatest, 1.36 / std::sqrt(200'000.0) +
                          0.002);  // what drawing does in 19 of 20 cases, and what a part of a coin does
}

/// Whole seeds count, not their lower half.
TEST(Augment, DependsOnAllBitsOfTheSeed) {
  const auto noise = [](uint64_t seed) {
    std::vector<float> numbers(16);
    augment_rows({{Kind::Noise, 1}}, {4, 4}, Storage::Float32, reinterpret_cast<char*>(numbers.data()),
                 std::array{0u}.data(), 1, seed, 1);
    return numbers;
  };
  for (int bit = 0; bit < 64; ++bit)
    for (int other = 0; other < bit; ++other)
      EXPECT_NE(noise(uint64_t{1} << bit), noise(uint64_t{1} << other)) << bit << " " << other;
}

/// Each row has its kind's place, and what says what it takes.
TEST(Augment, TableIsWhole) {
  for (const AugmentationRow& row : augmentation_table) {
    EXPECT_EQ(&augmentation_row(row.kind), &row);
    EXPECT_NE(std::string(word_of(row.kind)), "?");
    EXPECT_EQ(row.argument.name == nullptr, *row.axis != 0) << row.call;
    EXPECT_GT(row.cost, 0) << row.call;
  }
}

TEST(Augment, MovesWhatSaysSomethingOfPlaces) {
  const std::vector<RawField> all = {{"image", {8, 6, 3}, {}}, {"kinds", {8, 6}, {Element::Kind::Class, 4}},
                                     {"boxes", {8, 4}, {}},    {"gray", {5, 5}, {}, true},
                                     {"heights", {5, 5}, {}},  {"label", {}, {}},
                                     {"line", {8}, {}},        {"large", {16, 12, 3}, {}}};
  const std::vector<std::string> inputs = {"image", "gray", "boxes"};
  std::string found;
  for (const RawField& field : all) {
    const Augmented what = augmented(field, all, inputs);
    found += what == Augmented::Picture ? "P" : what == Augmented::Alongside ? "a" : "-";
  }
  EXPECT_EQ(found, "Pa-Pa---");
}

}  // namespace
}  // namespace dnnc::runtime
