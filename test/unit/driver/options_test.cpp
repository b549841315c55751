#include "compiler/driver/options.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "compiler/driver/commands.h"

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
  const size_t end = result.text.find("\n`dnnc ");
  EXPECT_TRUE(result.text.starts_with("dnnc: ") && end != std::string::npos) << result.text;
  return result.text.substr(6, end - 6);
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
       {"new", "check", "fmt", "info", "run", "train", "evaluate", "predict", "compile", "test", "bench"}) {
    const Options options = options_of({command, "a.dnn"});
    EXPECT_EQ(options.command, command);
    EXPECT_EQ(options.running.command, command);
    EXPECT_EQ(options.file, "a.dnn");
  }
  EXPECT_EQ(options_of({"eval", "softmax([-1, 0])"}).file, "softmax([-1, 0])");
  EXPECT_EQ(options_of({"explain", "E0207"}).file, "E0207");
  EXPECT_EQ(options_of({"help", "exit-codes"}).file, "exit-codes");
}

TEST(Options, UnlessTheyAreGivenAreTheUsualOnes) {
  const Options options = options_of({"check", "a.dnn"});
  EXPECT_EQ(options.target, TargetName::Host);
  EXPECT_EQ(options.colors, Colors::Auto);
  EXPECT_EQ(options.messages, MessageFormat::Human);
  EXPECT_TRUE(options.verify);
  EXPECT_FALSE(options.check_memory || options.time || options.gradients || options.running.json ||
               options.print_after_all);
  EXPECT_TRUE(options.emit.empty() && options.passes.empty() && options.skip_passes.empty() && options.run.empty());
  EXPECT_EQ(options.jobs, 0);
  EXPECT_EQ(options.running.seed, std::nullopt);
}

TEST(Options, OfTheRuntimeAreReadBeforeAnythingIsCompiled) {
  const Options options = options_of({"run", "a.dnn", "--epochs", "3", "-o", "w.safetensors", "--target", "avx2"});
  EXPECT_EQ(options.running.epochs, 3);
  EXPECT_EQ(options.running.output, "w.safetensors");
  EXPECT_EQ(options.target, TargetName::Avx2);
  EXPECT_EQ(options_of({"predict", "a.dnn", "--input", "-1,0"}).running.input, (std::vector<double>{-1, 0}));
  EXPECT_EQ(fault_of({"run", "a.dnn", "--epochs", "x"}), "--epochs: `x` is not a whole number from 1 to 1000000000");
}

TEST(Options, OfDataAreWords) {
  EXPECT_EQ(options_of({"data", "import", "cifar10", "a.tar.gz"}).words, (Words{"import", "cifar10", "a.tar.gz"}));
  EXPECT_EQ(options_of({"data"}).words, Words());
}

TEST(Options, EndAtTwoDashes) {
  EXPECT_EQ(options_of({"check", "--", "-a.dnn"}).file, "-a.dnn");
  EXPECT_EQ(options_of({"train", "--quiet", "--", "--json"}).file, "--json");
  EXPECT_EQ(options_of({"--", "train", "a.dnn"}).command, "train");
  EXPECT_EQ(options_of({"data", "--", "list"}).words, Words{"list"});
  EXPECT_EQ(options_of({"eval", "-1 + 2"}).file, "-1 + 2") << "a minus and a digit begin no option";
  EXPECT_EQ(fault_of({"eval", "-x"}), "unknown option `-x`; after -- it is no option");
}

TEST(Options, StandAnywhere) {
  const Options options = options_of({"--threads", "3", "train", "--quiet", "a.dnn"});
  EXPECT_EQ(options.command, "train");
  EXPECT_EQ(options.running.threads, 3);
  EXPECT_TRUE(options.running.quiet);
}

TEST(Options, ThatACommandDoesNotTakeAreRefused) {
  EXPECT_EQ(fault_of({"check", "a.dnn", "--epochs", "3"}),
            "--epochs does nothing in `check`: it is for run, train, test and plot");
  EXPECT_EQ(fault_of({"predict", "a.dnn", "--epochs", "3"}),
            "--epochs does nothing in `predict`: it is for run, train, test and plot");
  EXPECT_TRUE(fault_of({"fmt", "a.dnn", "--target", "avx2"}).starts_with("--target does nothing in `fmt`: it is for "));
  EXPECT_TRUE(fault_of({"check", "a.dnn", "-o", "x"})
                  .starts_with("-o does nothing in `check`: it is for run, train, predict, test, init, compile, "
                               "report, plot and records"));
  EXPECT_TRUE(
      fault_of({"plot", "function", "relu", "--epochs", "3"})
          .starts_with("--epochs does nothing in `plot function`: it is for run, train, test and plot schedule"));
  EXPECT_EQ(fault_of({"run", "a.dnn", "--pass", "simplify"}), "--pass does nothing in `run`: it is for check");
  EXPECT_EQ(fault_of({"check", "a.dnn", "--pass", "simplify"}),
            "--pass runs passes on the graphs of a .dng file; this is none");
  EXPECT_EQ(fault_of({"run", "a.dnn", "b.dnn"}), "`b.dnn` is one word too many: dnnc run FILE");
  EXPECT_EQ(fault_of({"check"}), "FILE is missing: dnnc check FILE");
}

TEST(Options, AreRefusedWhereTheyAreGivenTwice) {
  EXPECT_EQ(fault_of({"train", "a.dnn", "--epochs", "1", "--epochs", "2"}), "--epochs is given twice");
  EXPECT_EQ(fault_of({"train", "a.dnn", "-o", "1", "--output=2"}), "-o is given twice");
  EXPECT_EQ(fault_of({"check", "a.dnn", "--target", "avx2", "--target", "avx2"}), "--target is given twice");
  EXPECT_EQ(fault_of({"check", "a.dnn", "--set", "w=1", "--set", "w=2"}), "--set: `w` is given twice");
}

TEST(Options, NameNoFileByAnEmptyWord) {
  for (const char* option : {"-o", "--weights", "--history", "--from", "--checkpoint", "--resume"})
    EXPECT_EQ(fault_of({"test", "a.dnn", option, ""}), std::string(option) + ": the name of the file is empty");
  EXPECT_EQ(fault_of({"compile", "a.dnn", "-o", ""}), "-o: the name of the file is empty");
  EXPECT_EQ(fault_of({"init", "a.dnn", "--output="}), "-o: the name of the file is empty");
  EXPECT_EQ(fault_of({"train", "a.dnn", "--data", ""}), "--data: the name of the folder is empty");
  for (const char* command : {"new", "check", "fmt", "train"})
    EXPECT_EQ(fault_of({command, ""}), "the name of the file is empty");
  EXPECT_EQ(fault_of({"train", "a.dnn", "-o"}), "-o needs a value: -o FILE");
  EXPECT_EQ(fault_of({"train", "a.dnn", "-o", "--quiet"}), "-o needs a value: -o FILE");
}

TEST(Options, OfOutputAreThoseOfCompileAndInit) {
  EXPECT_EQ(options_of({"compile", "a.dnn", "-o", "trainer"}).output, "trainer");
  const Options options = options_of({"init", "a.dnn", "--output", "w", "--seed", "9223372036854775807"});
  EXPECT_EQ(options.running.output, "w");
  EXPECT_EQ(options.running.seed, (uint64_t{1} << 63) - 1);
  EXPECT_EQ(fault_of({"init", "a.dnn"}), "init needs -o FILE");
}

TEST(Options, OfNumbersTakeThoseOfTheirRange) {
  const auto refusal = [](const std::string& option, const std::string& number, const std::string& most,
                          const std::string& least = "1") {
    EXPECT_EQ(fault_of({"train", "a.dnn", option, number}),
              option + ": `" + number + "` is not a whole number from " + least + " to " + most);
  };
  for (const std::string text :
       {"4294967296", "0", "257", "1e9", "abc", "7x", "1.5", " 7", "+7", "18446744073709551616"}) {
    refusal("--threads", text, "256");
    refusal("--jobs", text, "256");
  }
  for (const std::string text : {"9223372036854775808", "18446744073709551615", "18446744073709551616", "7x", "-1"})
    refusal("--seed", text, "9223372036854775807", "0");
  for (const std::string text : {"0", "-1", "1000000001", "9223372036854775808", "1e3"})
    refusal("--epochs", text, "1000000000");
  EXPECT_EQ(options_of({"train", "a.dnn", "--threads", "256", "--jobs=256"}).running.threads, 256);
}

TEST(Options, KnowTheTargets) {
  for (const char* command : {"check", "info", "train", "compile", "bench"})
    EXPECT_EQ(fault_of({command, "a.dnn", "--target", "sse9"}),
              "--target: `sse9` is not host, avx2, avx512, cuda or opencl");
}

TEST(Options, SetConstants) {
  const Options options = options_of({"run", "a.dnn", "--set", "width=128", "--set=name=a=b", "--set", "empty="});
  EXPECT_EQ(options.constants, (std::map<std::string, std::string>{{"width", "128"}, {"name", "a=b"}, {"empty", ""}}));
  EXPECT_EQ(fault_of({"run", "a.dnn", "--set", "width"}), "--set: `width` is not NAME=VALUE");
  EXPECT_EQ(fault_of({"run", "a.dnn", "--set", "=1"}), "--set: `=1` is not NAME=VALUE");
}

TEST(Options, WithListsAreSplitAtCommas) {
  const Options options = options_of(
      {"check", "a.dnn", "--emit=graph,,plan,", "--print-after", "simplify,drop_dead", "--skip-pass=stabilize"});
  EXPECT_EQ(options.emit, (std::vector{Emitted::Graph, Emitted::Plan}));
  EXPECT_EQ(options.print_after, (Words{"simplify", "drop_dead"}));
  EXPECT_FALSE(options.print_after_all);
  EXPECT_EQ(options.skip_passes, Words{"stabilize"});
  EXPECT_EQ(options_of({"check", "a.dng", "--pass", "simplify,simplify"}).passes, (Words{"simplify", "simplify"}))
      << "in the order in which they are to run, however often";
  EXPECT_TRUE(options_of({"check", "a.dnn", "--print-after=all"}).print_after_all);
}

TEST(Options, PrintOfGraphsWhatGraphsBecome) {
  for (const char* word : {"tokens", "ast", "model"})
    EXPECT_EQ(fault_of({"check", "a.dng", "--emit", word}),
              std::string("--emit=") + word + " prints what a program becomes; a.dng holds graphs");
  EXPECT_EQ(options_of({"check", "a.dng", "--emit=graph,llvm"}).emit, (std::vector{Emitted::Graph, Emitted::Llvm}));
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
  EXPECT_EQ(options_of({"fmt", "a.dnn", "--color", "never", "--check"}).colors, Colors::Never);
  EXPECT_TRUE(options_of({"fmt", "a.dnn", "--check"}).check_only);
}

TEST(Options, AreFlags) {
  const Options options = options_of({"check", "a.dnn", "--no-verify", "--time", "--gradients"});
  EXPECT_FALSE(options.verify);
  EXPECT_TRUE(options.time && options.gradients);
  EXPECT_TRUE(options_of({"run", "a.dnn", "--check-memory"}).check_memory);
  EXPECT_TRUE(options_of({"info", "a.dnn", "--json"}).running.json);
  EXPECT_TRUE(options_of({"eval", "x", "--derivative"}).derivative);
  EXPECT_EQ(options_of({"run", "a.dnn", "--jobs", "3", "--run", "fast"}).jobs, 3);
}

TEST(Options, SayHowMuchOfTheGradientsIsLookedAt) {
  EXPECT_EQ(options_of({"check", "a.dnn", "--gradients"}).budget, 20);
  EXPECT_EQ(options_of({"check", "a.dnn", "--gradients", "--budget", "0.5"}).budget, 0.5);
  EXPECT_EQ(options_of({"check", "a.dnn", "--gradients", "--all-elements"}).budget, 0);
  for (const char* wrong : {"nan", "-1", "inf", "1e10", "5s", ""})
    EXPECT_NE(fault_of({"check", "a.dnn", "--gradients", "--budget", wrong}).find("--budget"), std::string::npos)
        << wrong;
  EXPECT_NE(fault_of({"check", "a.dnn", "--budget", "5"}).find("--gradients"), std::string::npos);
  EXPECT_NE(fault_of({"check", "a.dnn", "--all-elements"}).find("--gradients"), std::string::npos);
  EXPECT_NE(fault_of({"check", "a.dnn", "--gradients", "--budget", "5", "--all-elements"}).find("--budget"),
            std::string::npos);
}

TEST(Options, ThatDoNothingBesideOthersAreRefused) {
  for (const char* option : {"--gradients", "--set=w=1", "--run=a"})
    EXPECT_NE(fault_of({"check", "a.dng", option}).find(" is of a program; a.dng holds graphs"), std::string::npos);
  for (const char* option : {"--emit=graph", "--emit=llvm", "--print-after=all", "--print-after=simplify"})
    EXPECT_EQ(fault_of({"check", "a.dnn", "--gradients", option}),
              "--gradients compiles nothing that could be printed");
  EXPECT_TRUE(options_of({"check", "a.dnn", "--gradients", "--emit=model"}).gradients);
}

TEST(Options, SayWhetherItIsShownWhatTakesLong) {
  EXPECT_TRUE(options_of({"train", "a.dnn"}).shows_progress());
  for (const char* option : {"--quiet", "-q", "--no-progress", "--message-format=json"})
    for (const char* command : {"check", "compile", "train"})
      EXPECT_FALSE(options_of({command, "a.dnn", option}).shows_progress()) << command << " " << option;
  EXPECT_FALSE(options_of({"train", "a.dnn", "--json"}).shows_progress());
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
  EXPECT_NE(predict.text.find("--target host|avx2|avx512"), std::string::npos) << "what the compiler takes";
  EXPECT_EQ(predict.text.find("--epochs"), std::string::npos) << "what it does not take";
  EXPECT_EQ(read({"help"}).code, 0);
  EXPECT_TRUE(read({"--version"}).text.starts_with("dnnc "));
}

TEST(Options, HaveARowForEachCommand) {
  const std::string help = read({"--help"}).text;
  std::set<std::string> names;
  for (const Command& command : commands()) {
    EXPECT_NE(command.run, nullptr);
    EXPECT_TRUE(names.insert(command.form.name).second) << command.form.name;
    EXPECT_EQ(find_command(command.form.name), &command);
    EXPECT_NE(help.find(std::string("\n  ") + command.form.name + " "), std::string::npos) << command.form.name;
    if (command.run == command_help) continue;
    const std::string own = read({command.form.name, "--help"}).text;
    EXPECT_TRUE(own.starts_with(std::string("dnnc ") + command.form.name + " " + command.argument)) << own;
  }
  for (const runtime::CommandForm& form : runtime::run_commands())
    EXPECT_EQ(names.contains(form.name), form.name != std::string("source")) << form.name;
  EXPECT_EQ(find_command("trian"), nullptr);
}

TEST(Options, AreEachForSomeCommand) {
  std::string taken;
  for (const Command& command : commands()) taken += read({command.form.name, "--help"}).text;
  for (const char* option : {"--gradients",
                             "--budget",
                             "--all-elements",
                             "--check",
                             "--derivative",
                             "--json",
                             "-o",
                             "--set",
                             "--run",
                             "--target",
                             "--jobs",
                             "--no-cache",
                             "--emit",
                             "--print-after",
                             "--pass",
                             "--skip-pass",
                             "--no-verify",
                             "--check-memory",
                             "--time",
                             "--message-format",
                             "--color",
                             "--quiet",
                             "--no-progress",
                             "--epochs",
                             "--seed",
                             "--from",
                             "--weights",
                             "--part",
                             "--count",
                             "--input",
                             "--data",
                             "--history",
                             "--checkpoint",
                             "--checkpoint-every",
                             "--resume",
                             "--threads"})
    EXPECT_NE(taken.find(std::string("\n  ") + option), std::string::npos) << option;
}

TEST(Options, KnowTheirCommands) {
  EXPECT_EQ(fault_of({"trian", "a.dnn"}), "there is no command `trian`; did you mean `train`?");
  EXPECT_EQ(fault_of({"a.dnn"}), "the command is missing; `dnnc run a.dnn` trains it");
  EXPECT_EQ(fault_of({"xyzzy"}), "there is no command `xyzzy`");
}

}  // namespace
}  // namespace dnnc
