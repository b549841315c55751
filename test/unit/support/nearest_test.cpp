#include <gtest/gtest.h>

#include "compiler/support/diagnostics.h"

using dnnc::nearest;

namespace {

TEST(Nearest, FindsSlipsOfTheKeyboard) {
  const std::vector<std::string> names{"dense", "conv", "relu", "crossentropy", "padding"};
  EXPECT_EQ(nearest("dence", names), "dense");
  EXPECT_EQ(nearest("conb", names), "conv");
  EXPECT_EQ(nearest("rleu", names), "relu");
  EXPECT_EQ(nearest("cross_entropy", names), "crossentropy");
  EXPECT_EQ(nearest("RELU", names), "relu");
}

TEST(Nearest, IsSilentWhereNothingIsNear) {
  EXPECT_EQ(nearest("x", {"y", "z"}), std::nullopt);
  EXPECT_EQ(nearest("softmax", {"dense", "conv"}), std::nullopt);
  EXPECT_EQ(nearest("", {"a"}), std::nullopt);
  EXPECT_EQ(nearest(std::string(100000, 'a'), {std::string(100001, 'a')}), std::nullopt);
}

TEST(Nearest, TakesTheNearestAndOfEqualsTheFirst) {
  EXPECT_EQ(nearest("padd", {"pads", "pad"}), "pads");
  EXPECT_EQ(nearest("strides", {"strife", "stride"}), "stride");
}

}  // namespace
