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
  EXPECT_EQ(refusal({"train", "--epochs", "3x"}), "--epochs: `3x` is not a whole number from 1 to 1000000000");
  EXPECT_EQ(refusal({"train", "--epochs", "-3"}), "--epochs: `-3` is not a whole number from 1 to 1000000000");
  EXPECT_EQ(refusal({"train", "--epochs="}), "--epochs: the value is empty: --epochs N");
  EXPECT_EQ(refusal({"train", "--seed", "9999999999999999999999"}),
            "--seed: `9999999999999999999999` is not a whole number from 0 to 9223372036854775807");
  EXPECT_EQ(refusal({"train", "--json=1"}), "--json takes no value");
  EXPECT_EQ(refusal({"predict", "--input", "1,,2"}), "--input: `` is neither a number nor a file");
  EXPECT_EQ(refusal({"predict", "--input", "1,two"}), "--input: `two` is neither a number nor a file");
  EXPECT_EQ(refusal({"evaluate", "--part", "tset"}), "--part: `tset` is not train, validation or test");
  EXPECT_EQ(refusal({"train", "more"}), "`more` is one word too many for `train`");
}

TEST(RunOptions, FindsTheOptionThatWasMeant) {
  const auto meant = [](const std::string& command, const std::string& option) {
    const std::string text = refusal({command, option, "3"});
    const std::string before = "unknown option `" + option + "`; did you mean ";
    return text.starts_with(before) ? text.substr(before.size()) : text;
  };
  for (const char* slip : {"--epcohs", "--epoch", "--Epochs", "-epochs", "--apochs"})
    EXPECT_EQ(meant("train", slip), "--epochs?") << slip;
  EXPECT_EQ(meant("train", "--sed"), "--seed?");
  EXPECT_EQ(meant("train", "--resme"), "--resume?");
  EXPECT_EQ(meant("predict", "--wieghts"), "--weights?");
  EXPECT_EQ(meant("train", "--no_progress"), "--no-progress?");
  EXPECT_EQ(meant("train", "--checkpoint-dir"), "--checkpoint?") << "a word of another program that holds ours";
  EXPECT_EQ(meant("train", "-O"), "-o?");
  EXPECT_EQ(meant("predict", "--prt"), "--part?");
  EXPECT_EQ(meant("info", "--jsno"), "--json?");
  for (const char* other : {"-x", "--xyzzy", "--verbose"})
    EXPECT_EQ(meant("train", other), "unknown option `" + std::string(other) + "`; after -- it is no option");
  EXPECT_EQ(no_command("trian", run_commands()), "there is no command `trian`; did you mean `train`?");
  EXPECT_EQ(no_command("xyzzy", run_commands()), "there is no command `xyzzy`");
}

TEST(RunOptions, DoSomethingInTheirCommand) {
  EXPECT_EQ(refusal({"predict", "--epochs", "3"}), "--epochs does nothing in `predict`: it is for run, train and test");
  EXPECT_EQ(refusal({"train", "--input", "1"}), "--input does nothing in `train`: it is for predict");
  EXPECT_EQ(refusal({"info", "-o", "w"}), "-o does nothing in `info`: it is for run, train, predict, test and init");
  EXPECT_EQ(
      refusal({"help", "--json"}),
      "--json does nothing in `help`: it is for run, train, evaluate, predict, test, bench, init, info and source");
  EXPECT_EQ(refusal({"train", "--checkpoint-every", "1epochs"}),
            "--checkpoint-every says when --checkpoint FILE is written, which is not given");
  EXPECT_EQ(refusal({"test", "--weights", "w", "-o", "v"}),
            "--weights gives trained weights, -o is for training: leave one of them out");
  EXPECT_EQ(refusal({"init"}), "init needs -o FILE");
}

TEST(RunOptions, EndAtTwoDashes) {
  EXPECT_EQ(read_run_options({"train", "--quiet", "--"}).command, "train");
  EXPECT_EQ(read_run_options({"--", "train"}).command, "train");
  EXPECT_EQ(read_run_options({"help", "--", "exit-codes"}).topic, "exit-codes");
  EXPECT_EQ(refusal({"train", "--", "--quiet"}), "`--quiet` is one word too many for `train`");
}

TEST(RunOptions, SayWhenCheckpointsAreWritten) {
  const auto every = [](const std::string& text) {
    return read_run_options({"train", "--checkpoint", "c", "--checkpoint-every", text}).every;
  };
  EXPECT_EQ(every("1.5h").seconds, 5400);
  EXPECT_EQ(every("5epochs").epochs, 5);
  EXPECT_EQ(every("1000steps").steps, 1000);
  for (const std::string text :
       {"0x10epochs", "1e400s", "0steps", "-1min", "1.5steps", "5", "epochs", "1e3steps", "nans"})
    EXPECT_EQ(refusal({"train", "--checkpoint", "c", "--checkpoint-every", text}),
              "--checkpoint-every: `" + text + "` is not like 10min, 5epochs or 1000steps");
}

}  // namespace
}  // namespace dnnc::runtime
