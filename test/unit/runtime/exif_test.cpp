#include "runtime/files/exif.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "test/unit/runtime/pictures.h"

namespace dnnc::runtime {
namespace {

/// Read from a place of its own of the very length, so that a look beyond it is found by the sanitizer.
int orientation_in(const std::string& bytes) {
  const std::vector<char> place(bytes.begin(), bytes.end());
  return static_cast<int>(exif_orientation({place.data(), place.size()}));
}

TEST(Exif, TellsTheOrientation) {
  for (const bool little : {false, true})
    for (uint32_t value = 1; value <= 8; ++value) {
      const std::string exif = exif_with({.value = value, .little = little});
      EXPECT_EQ(orientation_in(exif), value);
      EXPECT_EQ(orientation_in(std::string(exif_begins) + exif), value);
      for (const uint32_t type : {1u, 4u})
        EXPECT_EQ(orientation_in(exif_with({.value = value, .little = little, .type = type})), value) << type;
    }
}

TEST(Exif, WhatIsNoOrientationIsUpright) {
  for (const uint32_t value : {0u, 9u, 256u, 65535u}) EXPECT_EQ(orientation_in(exif_with({.value = value})), 1);
  EXPECT_EQ(orientation_in(exif_with({.value = 6, .type = 2})), 1);
  EXPECT_EQ(orientation_in(exif_with({.value = 6, .type = 12})), 1);
  EXPECT_EQ(orientation_in(exif_with({.value = 6, .count = 2})), 1);
  EXPECT_EQ(orientation_in(exif_with({.value = 6, .tag = 0x0113})), 1);
  EXPECT_EQ(orientation_in(exif_with({.value = 6, .directory = 0xffffffff})), 1);
}

TEST(Exif, NoCutAndNoChangeDoesHarm) {
  const std::string whole = exif_with({.value = 6});
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_EQ(orientation_in(whole.substr(0, length)), length + 2 < whole.size() ? 1 : 6) << length;
  std::mt19937 draws(3);
  for (int change = 0; change < 20'000; ++change) {
    std::string bytes = whole;
    for (int k = 0; k < 3; ++k) bytes[draws() % bytes.size()] = static_cast<char>(draws());
    const int found = orientation_in(bytes);
    EXPECT_TRUE(found >= 1 && found <= 8);
  }
}

}  // namespace
}  // namespace dnnc::runtime
