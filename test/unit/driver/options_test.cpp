#include "compiler/driver/options.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace dnnc {
namespace {

using Words = std::vector<std::string>;

OptionsResult read(Words words) {
  words.insert(words.begin(), "dnnc");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  return read_options(static_cast<int>(arguments.size()), arguments.data());
}

Options options_of(const Words& words) {
  const OptionsResult result = read(words);
  EXPECT_TRUE(result.options.has_value()) << result.text;
  return result.options.value_or(Options());
}

/// What is said of a command line that is wrong.
std::string fault_of(const Words& words) {
  const OptionsResult result = read(words);
  EXPECT_FALSE(result.options.has_value());
  EXPECT_EQ(result.code, 2);
  const std::string end = "\n`dnnc --help` lists the commands\n";
  EXPECT_TRUE(result.text.starts_with("dnnc: ") && result.text.ends_with(end)) << result.text;
  return result.text.substr(6, result.text.size() - 6 - end.size());
}

/// Sets a variable of the environment while it lives; null takes it away.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    set(value);
  }
  ~Variable() { set(old_ ? old_->c_str() : nullptr); }
  Variable(const Variable&) = delete;

 private:
  void set(const char* value) const { value ? setenv(name_, value, 1) : unsetenv(name_); }
  const char* name_;
  std::optional<std::string> old_;
};

TEST(Options, NameTheCommandAndItsFile) {
  for (const char* command :
       {"new", "check", "fmt", "info", "init", "run", "train", "evaluate", "predict", "compile", "test", "bench"}) {
    const Options options = options_of({command, "a.dnn"});
    EXPECT_EQ(options.command, command);
    EXPECT_EQ(options.file, "a.dnn");
    EXPECT_TRUE(options.rest.empty());
  }
  EXPECT_EQ(options_of({"eval", "softmax([-1, 0])"}).file, "softmax([-1, 0])");
  EXPECT_EQ(options_of({"explain", "E0207"}).file, "E0207");
  EXPECT_EQ(options_of({"help", "exit-codes"}).file, "exit-codes");
}

TEST(Options, UnlessTheyAreGivenAreTheUsualOnes) {
  const Options options = options_of({"check", "a.dnn"});
  EXPECT_EQ(options.target, "host");
  EXPECT_EQ(options.color, "auto");
  EXPECT_EQ(options.messages, MessageFormat::Human);
  EXPECT_TRUE(options.verify);
  EXPECT_FALSE(options.check_memory || options.time || options.gradients || options.json || options.print_after_all);
  EXPECT_TRUE(options.emit.empty() && options.passes.empty() && options.skip_passes.empty() && options.run.empty());
  EXPECT_EQ(options.jobs, 0);
  EXPECT_EQ(options.seed, std::nullopt);
}

TEST(Options, OfTheRuntimeAreHandedOnUnread) {
  EXPECT_EQ(options_of({"run", "a.dnn", "--epochs", "3", "-o", "w.safetensors", "--target", "avx2"}).rest,
            (Words{"--epochs", "3", "-o", "w.safetensors"}));
  EXPECT_EQ(options_of({"predict", "a.dnn", "--input", "-1,0"}).rest, (Words{"--input", "-1,0"}));
  EXPECT_EQ(options_of({"data", "import", "cifar10", "a.tar.gz"}).rest, (Words{"import", "cifar10", "a.tar.gz"}));
  EXPECT_EQ(options_of({"data"}).rest, Words());
}

TEST(Options, ThatACommandDoesNotTakeAreRefused) {
  EXPECT_NE(fault_of({"check", "a.dnn", "--epochs", "3"}).find("--epochs"), std::string::npos);
  EXPECT_NE(fault_of({"fmt", "a.dnn", "--target", "avx2"}).find("--target"), std::string::npos);
  EXPECT_NE(fault_of({"run", "a.dnn", "b.dnn", "--jobs", "0"}).find("--jobs"), std::string::npos);
  EXPECT_NE(fault_of({"check"}).find("FILE"), std::string::npos);
}

TEST(Options, OfOutputAreThoseOfCompileAndInit) {
  EXPECT_EQ(options_of({"compile", "a.dnn", "-o", "trainer"}).output, "trainer");
  const Options options = options_of({"init", "a.dnn", "--output", "w", "--seed", "18446744073709551615"});
  EXPECT_EQ(options.output, "w");
  EXPECT_EQ(options.seed, UINT64_MAX);
  EXPECT_EQ(fault_of({"init", "a.dnn", "--seed", "18446744073709551616"}),
            "--seed: `18446744073709551616` is larger than 2^64 - 1");
  for (const std::string seed : {"-1", "7x", "1.5", " 7"})
    EXPECT_EQ(fault_of({"init", "a.dnn", "--seed=" + seed}), "--seed: `" + seed + "` is not a whole number");
}

TEST(Options, SetConstants) {
  const Options options = options_of({"run", "a.dnn", "--set", "width=128", "--set=name=a=b", "--set", "empty="});
  EXPECT_EQ(options.constants, (std::map<std::string, std::string>{{"width", "128"}, {"name", "a=b"}, {"empty", ""}}));
  EXPECT_EQ(options_of({"run", "a.dnn", "--set", "w=1", "--set", "w=2"}).constants.at("w"), "2");
  EXPECT_EQ(fault_of({"run", "a.dnn", "--set", "width"}), "--set: `width` is not NAME=VALUE");
  EXPECT_EQ(fault_of({"run", "a.dnn", "--set", "=1"}), "--set: `=1` is not NAME=VALUE");
}

TEST(Options, WithListsAreSplitAtCommas) {
  const Options options = options_of({"check", "a.dnn", "--emit=graph,,plan,", "--print-after", "simplify,drop_dead",
                                      "--skip-pass=stabilize", "--pass", "simplify,simplify"});
  EXPECT_EQ(options.emit, (Words{"graph", "plan"}));
  EXPECT_EQ(options.print_after, (Words{"simplify", "drop_dead"}));
  EXPECT_FALSE(options.print_after_all);
  EXPECT_EQ(options.skip_passes, Words{"stabilize"});
  EXPECT_EQ(options.passes, (Words{"simplify", "simplify"})) << "in the order in which they are to run, however often";
  EXPECT_TRUE(options_of({"check", "a.dnn", "--print-after=all"}).print_after_all);
}

TEST(Options, KnowTheirWords) {
  EXPECT_TRUE(
      fault_of({"check", "a.dnn", "--emit=graf"}).starts_with("--emit: there is no `graf`; there are tokens, "));
  EXPECT_TRUE(
      fault_of({"check", "a.dnn", "--skip-pass=all"}).starts_with("--skip-pass: there is no `all`; there are "));
  EXPECT_NE(fault_of({"check", "a.dnn", "--message-format=xml"}).find("xml"), std::string::npos);
  EXPECT_NE(fault_of({"check", "a.dnn", "--color=blue"}).find("blue"), std::string::npos);
}

TEST(Options, SayHowMessagesLook) {
  EXPECT_EQ(options_of({"check", "a.dnn", "--message-format", "json"}).messages, MessageFormat::Json);
  EXPECT_EQ(options_of({"eval", "1", "--message-format", "short"}).messages, MessageFormat::Short);
  EXPECT_EQ(options_of({"fmt", "a.dnn", "--color", "never", "--check"}).color, "never");
  EXPECT_TRUE(options_of({"fmt", "a.dnn", "--check"}).check_only);
}

TEST(Options, AreFlags) {
  const Options options = options_of({"check", "a.dnn", "--no-verify", "--check-memory", "--time", "--gradients"});
  EXPECT_FALSE(options.verify);
  EXPECT_TRUE(options.check_memory && options.time && options.gradients);
  EXPECT_TRUE(options_of({"info", "a.dnn", "--json"}).json);
  EXPECT_TRUE(options_of({"eval", "x", "--derivative"}).derivative);
  EXPECT_EQ(options_of({"run", "a.dnn", "--jobs", "3", "--run", "fast"}).jobs, 3);
}

TEST(Options, FindTheCacheWhereTheEnvironmentSays) {
  const Variable home("HOME", "/h"), xdg("XDG_CACHE_HOME", nullptr), own("DNNC_CACHE", nullptr);
  EXPECT_EQ(options_of({"run", "a.dnn"}).cache, "/h/.cache/dnnc/kernels");
  const Variable with_xdg("XDG_CACHE_HOME", "/x");
  EXPECT_EQ(options_of({"run", "a.dnn"}).cache, "/x/dnnc/kernels");
  const Variable with_own("DNNC_CACHE", "/d");
  EXPECT_EQ(options_of({"run", "a.dnn"}).cache, "/d");
  EXPECT_EQ(options_of({"run", "a.dnn", "--no-cache"}).cache, "");
}

TEST(Options, HaveNoCacheWhereTheEnvironmentNamesNoFolderForOneAndSayWhyIfItIsAskedFor) {
  const Variable home("HOME", nullptr), xdg("XDG_CACHE_HOME", nullptr), own("DNNC_CACHE", nullptr);
  const Options none = options_of({"run", "a.dnn"});
  EXPECT_EQ(none.cache, "");
  EXPECT_EQ(none.no_cache, "");
  const Variable relative("DNNC_CACHE", "kernels");
  const Options named = options_of({"run", "a.dnn"});
  EXPECT_EQ(named.cache, "");
  EXPECT_EQ(named.no_cache, "DNNC_CACHE is `kernels`, which does not begin with /");
  EXPECT_EQ(options_of({"run", "a.dnn", "--no-cache"}).no_cache, "") << "nobody asks for it";
}

TEST(Options, AskForHelp) {
  const OptionsResult help = read({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_FALSE(help.options.has_value());
  EXPECT_NE(help.text.find("dnnc run xor.dnn"), std::string::npos);
  const OptionsResult none = read({});
  EXPECT_EQ(none.code, 2);
  EXPECT_EQ(none.text, help.text);
  const OptionsResult predict = read({"predict", "--help"});
  EXPECT_EQ(predict.code, 0);
  EXPECT_NE(predict.text.find("--input WHAT"), std::string::npos) << "what the run takes";
  EXPECT_NE(predict.text.find("--target"), std::string::npos) << "what the compiler takes";
  EXPECT_TRUE(read({"--version"}).text.starts_with("dnnc "));
}

TEST(Options, KnowTheirCommands) {
  EXPECT_EQ(fault_of({"trian", "a.dnn"}), "there is no command `trian`; did you mean `train`?");
  EXPECT_EQ(fault_of({"a.dnn"}), "the command is missing; `dnnc run a.dnn` trains it");
  EXPECT_EQ(fault_of({"xyzzy"}), "there is no command `xyzzy`");
}

}  // namespace
}  // namespace dnnc
