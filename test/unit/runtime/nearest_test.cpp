#include "runtime/program/nearest.h"

#include <gtest/gtest.h>

using dnnc::runtime::nearest;

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

TEST(Nearest, FindsTheWordThatAnotherLibrarysWordHolds) {
  const std::vector<std::string> names = {"batch", "rate", "batchnorm", "maxpool",
                                          "mean",  "conv", "log",       "crossentropy"};
  EXPECT_EQ(nearest("batch_size", names), "batch");
  EXPECT_EQ(nearest("learningRate", names), "rate");
  EXPECT_EQ(nearest("BatchNormalization", names), "batchnorm");
  EXPECT_EQ(nearest("MaxPool2d", names), "maxpool");
  EXPECT_EQ(nearest("categorical_cross_entropy", names), "crossentropy");
  EXPECT_EQ(nearest("mean_squared_error", names), std::nullopt);  // too small a part
  EXPECT_EQ(nearest("log_loss", names), std::nullopt);            // too short a word
  EXPECT_EQ(nearest("separate_thing", names), std::nullopt);      // no part of its own
}

TEST(Nearest, TakesTheNearestAndOfEqualsTheFirst) {
  EXPECT_EQ(nearest("padd", {"pads", "pad"}), "pads");
  EXPECT_EQ(nearest("strides", {"strife", "stride"}), "stride");
}

}  // namespace
