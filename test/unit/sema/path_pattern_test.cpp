#include <gtest/gtest.h>

#include "compiler/sema/training/train_blocks.h"

namespace dnnc {
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

}  // namespace
}  // namespace dnnc
