#include "compiler/sema/training/train_blocks.h"

#include "test/unit/sema/parsed.h"

namespace dnnc {
namespace {

struct Read {
  explicit Read(const std::string& text) : parsed(text) {
    blocks = read_trainings(parsed.all<ast::Train>(), parsed.reader());
  }
  Parsed parsed;
  std::vector<TrainBlock> blocks;
};

TEST(TrainBlocks, SettingsHaveStandards) {
  Read read("train mlp on mnist { loss = mse; optimizer = sgd; epochs = 3 }");
  ASSERT_EQ(read.blocks.size(), 1u);
  EXPECT_EQ(read.blocks[0].settings.name, "mlp");
  EXPECT_EQ(read.blocks[0].settings.batch, 32);
  EXPECT_EQ(read.blocks[0].settings.epochs, 3);
  EXPECT_EQ(read.blocks[0].settings.seed, 0u);
}

TEST(TrainBlocks, WhatIsRequiredAndMissingIsNamed) {
  Read read("train mlp on mnist as slow { metrics = [accuracy] }");
  EXPECT_EQ(read.parsed.messages(), (Messages{"E0602 training `slow` lacks `loss`, `optimizer`, `epochs` @ slow"}));
}

TEST(TrainBlocks, LikeTakesWhatIsNotGiven) {
  Read read(
      "train mlp on mnist as slow { loss = mse; optimizer = sgd; epochs = 3; batch = 7 }\n"
      "train mlp on mnist as fast like slow { epochs = 5 }");
  ASSERT_EQ(read.blocks.size(), 2u);
  EXPECT_EQ(read.blocks[1].settings.batch, 7);
  EXPECT_EQ(read.blocks[1].settings.epochs, 5);
}

TEST(TrainBlocks, AnOptimizerForAllReplacesThoseByPath) {
  Read read(
      "train mlp on d as slow { loss = mse; optimizer = adam; optimizer for \"*/b\" = sgd; epochs = 3 }\n"
      "train mlp on d as fast like slow { optimizer = momentum }\n"
      "train mlp on d as other like slow { optimizer for \"*/w\" = momentum }");
  ASSERT_EQ(read.blocks.size(), 3u);
  EXPECT_EQ(read.blocks[1].optimizers.size(), 1u);
  EXPECT_EQ(read.blocks[2].optimizers.size(), 3u);
}

TEST(TrainBlocks, AStartForAllReplacesThoseByPath) {
  Read read(
      "train mlp on d as slow { loss = mse; optimizer = adam; start = \"a\"; epochs = 3\n"
      "  start for \"x/*\" = weights(\"b\", \"y/*\") }\n"
      "train mlp on d as fast like slow { start = \"c\" }\n"
      "train mlp on d as other like slow { start for \"*/w\" = \"c\" }");
  ASSERT_EQ(read.blocks.size(), 3u);
  ASSERT_EQ(read.blocks[1].starts.size(), 1u);
  EXPECT_EQ(read.blocks[1].starts[0].file.text, "c");
  ASSERT_EQ(read.blocks[2].starts.size(), 3u);
  EXPECT_EQ(read.blocks[2].starts[1].theirs->text, "y/*");
  EXPECT_EQ(read.blocks[2].starts[2].paths[0].text, "*/w");
}

TEST(TrainBlocks, ARunThatIsLikeItselfIsAnError) {
  Read read(
      "train a on d as one like two { loss = mse }\n"
      "train a on d as two like one { epochs = 1 }");
  EXPECT_EQ(read.parsed.messages(), (Messages{"E0606 training `one` is like itself @ one"}));
}

TEST(TrainBlocks, UnknownKeysAreSuggested) {
  Read read("train mlp on mnist { loss = mse; optimiser = sgd; optimizer = sgd; epochs = 3; batch for \"*\" = 3 }");
  EXPECT_EQ(read.parsed.messages(),
            (Messages{"E0601 training has no setting `optimiser` @ optimiser",
                      "E0608 only `optimizer` and `start` take `for`, `batch` does not @ \"*\""}));
  EXPECT_EQ(read.parsed.diagnostics.sorted()[0].replacement->text, "optimizer");
}

TEST(TrainBlocks, NumbersMustFit) {
  Read read("train mlp on mnist { loss = mse; optimizer = sgd; epochs = 0; batch = 2.5; seed = 1 }");
  EXPECT_EQ(read.parsed.messages(), (Messages{"E0503 `epochs` takes a whole number of at least 1 @ 0",
                                              "E0503 `batch` takes a whole number of at least 1 @ 2.5"}));
}

TEST(TrainBlocks, ConditionsOfTheLoopAreRead) {
  Read read(
      "train mlp on mnist {\n loss = mse; optimizer = sgd; epochs = 3\n"
      " stop = early(patience: 3, on: validation.loss)\n keep = best(on: validation.accuracy, goal: largest)\n}");
  ASSERT_EQ(read.blocks.size(), 1u);
  const std::vector<WrittenLoopRule>& rules = read.blocks[0].loop_rules;
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_EQ(rules[0].row->place, &RunInfo::stop);
  EXPECT_EQ(rules[0].call.argument("patience")->number, 3);
  EXPECT_EQ(rules[0].call.argument("on")->text, "validation.loss");
  EXPECT_EQ(rules[1].row->place, &RunInfo::keep);
  EXPECT_EQ(rules[1].call.argument("goal")->text, "largest");
}

TEST(TrainBlocks, TwoRunsOfOneNameAreAnError) {
  Read read(
      "train mlp on d { loss = mse; optimizer = sgd; epochs = 3 }\n"
      "train mlp on d { loss = mse; optimizer = sgd; epochs = 4 }");
  EXPECT_EQ(read.parsed.messages(), (Messages{"E0605 two trainings are called `mlp` @ mlp"}));
}

}  // namespace
}  // namespace dnnc
