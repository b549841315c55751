#include "runtime/run/options.h"

#include <gtest/gtest.h>

#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

std::string refusal(const std::vector<std::string>& arguments) {
  try {
    read_run_options(arguments);
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), exit_usage);
    return failure.what();
  }
  return "";
}

TEST(RunOptions, ReadsBothSpellingsOfAValue) {
  const RunOptions options = read_run_options({"train", "--epochs", "3", "--seed=9", "-o", "w.safetensors", "--json"});
  EXPECT_EQ(options.command, "train");
  EXPECT_EQ(options.epochs, 3);
  EXPECT_EQ(options.seed, 9u);
  EXPECT_EQ(options.output, "w.safetensors");
  EXPECT_TRUE(options.json);
}

TEST(RunOptions, ReadsAnExample) {
  EXPECT_EQ(read_run_options({"predict", "--input", "0, 1.5,-2"}).input, (std::vector<double>{0, 1.5, -2}));
}

TEST(RunOptions, ReadsWhereExamplesStand) {
  EXPECT_EQ(read_run_options({"predict", "--input", "nowhere/a.CSV"}).input_path, "nowhere/a.CSV");
  EXPECT_EQ(read_run_options({"predict", "--input", "/tmp"}).input_path, "/tmp");
  EXPECT_EQ(read_run_options({"predict", "--input", "1,2"}).input_path, "");
}

TEST(RunOptions, RefusesWithAReason) {
  EXPECT_EQ(refusal({"train", "--epoch", "3"}), "unknown option `--epoch`; did you mean --epochs?");
  EXPECT_EQ(refusal({"train", "--epochs"}), "--epochs needs a value: --epochs N");
  EXPECT_EQ(refusal({"train", "--epochs", "3x"}), "--epochs: `3x` is not a whole number");
  EXPECT_EQ(refusal({"train", "--epochs", "-3"}), "--epochs: `-3` is not a whole number");
  EXPECT_EQ(refusal({"train", "--epochs="}), "--epochs: `` is not a whole number");
  EXPECT_EQ(refusal({"train", "--seed", "9999999999999999999999"}), "--seed: `9999999999999999999999` is too large");
  EXPECT_EQ(refusal({"train", "--json=1"}), "--json takes no value");
  EXPECT_EQ(refusal({"predict", "--input", "1,,2"}), "--input: `` is neither a number nor a file");
  EXPECT_EQ(refusal({"predict", "--input", "1,two"}), "--input: `two` is neither a number nor a file");
  EXPECT_EQ(refusal({"evaluate", "--part", "tset"}), "--part: `tset` is not train, validation or test");
}

}  // namespace
}  // namespace dnnc::runtime
