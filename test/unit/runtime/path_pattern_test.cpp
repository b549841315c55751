#include "runtime/program/path_pattern.h"

#include <gtest/gtest.h>

namespace dnnc::runtime {
namespace {

TEST(PathPattern, StarIsAnythingSlashesIncluded) {
  EXPECT_TRUE(matches("*/b", "mlp/dense1/b"));
  EXPECT_TRUE(matches("mlp/*", "mlp/dense1/b"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("mlp/dense*/w", "mlp/dense12/w"));
  EXPECT_TRUE(matches("**/w", "a/w"));
  EXPECT_TRUE(matches("*ab", "aab"));
}

TEST(PathPattern, TheWholePathMustMatch) {
  EXPECT_FALSE(matches("*/b", "mlp/dense1/bias"));
  EXPECT_FALSE(matches("dense1/b", "mlp/dense1/b"));
  EXPECT_FALSE(matches("", "w"));
  EXPECT_FALSE(matches("w*", "aw"));
}

TEST(PathPattern, ManyStarsTakeNoTime) {
  std::string pattern;
  for (int k = 0; k < 40; ++k) pattern += "*a";
  EXPECT_FALSE(matches(pattern + "b", std::string(2000, 'a')));
}

TEST(PathPattern, WhatAStarStandsForGoesIntoAnother) {
  EXPECT_EQ(renamed("body/dense1/w", "body/*", "mlp/*"), "mlp/dense1/w");
  EXPECT_EQ(renamed("a/x/y/w", "a/*/w", "b/*.kernel"), "b/x/y.kernel");
  EXPECT_EQ(renamed("a1b22c", "a*b*c", "*-*"), "1-22");
  EXPECT_EQ(renamed("x/w/w", "*/w", "*"), "x/w");
  EXPECT_EQ(renamed("aab", "*ab", "<*>"), "<a>");
  EXPECT_EQ(renamed("a/b/c", "*/*", "*+*"), "a+b/c");
  EXPECT_EQ(renamed("mlp/", "mlp/*", "*"), "");
  EXPECT_EQ(renamed("a", "a", "b"), "b");
  EXPECT_EQ(renamed("x", "a", "b"), std::nullopt);
}

}  // namespace
}  // namespace dnnc::runtime
