#include "compiler/driver/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "compiler/passes/passes.h"
#include "compiler/support/diagnostics.h"
#include "compiler/target/cpu_target.h"
#include "runtime/files/own_folder.h"
#include "runtime/program/failure.h"
#include "runtime/program/threads.h"
#include "runtime/run/command_line.h"
#include "runtime/run/options.h"

namespace dnnc {
namespace {

/// One command of dnnc: what `--help` says of it.
struct CommandForm {
  const char* name;
  const char* doc;
  const char* argument;  ///< the word that follows it, or null
};

constexpr CommandForm forms[] = {
    {"new", "write a small program to start from", "FILE"},
    {"check", "check a program; reads no data", "FILE"},
    {"fmt", "print a program in its one canonical form", "FILE"},
    {"info", "layers, shapes, parameters, work and memory of a program", "FILE"},
    {"explain", "explain a message by its code, E0207", "CODE"},
    {"eval", "the value of a formula: 'softmax([-1, 0, 1, 2])'", "FORMULA"},
    {"init", "write initial weights", "FILE"},
    {"run", "train every run of a program and test it", "FILE"},
    {"train", "train a net and save its weights", "FILE"},
    {"evaluate", "loss and metrics of trained weights over a part of the data", "FILE"},
    {"predict", "what a trained net answers", "FILE"},
    {"compile", "make a stand-alone trainer", "FILE"},
    {"test", "train and check every `expect`", "FILE"},
    {"bench", "time the training step and its kernels", "FILE"},
    {"data", "list, fetch, verify or import data sets", "WHAT"},
    {"help", "what exit codes mean: help exit-codes", "TOPIC"},
};

std::vector<std::string> split(const std::string& list);

/// What --emit prints.
constexpr const char* emitted = "tokens,ast,model,graph,gradient,fused,kernels,plan,stmt,llvm,asm";

using Given = const runtime::OptionValue&;

void set_constant(Options& options, Given given) {
  const size_t equal = given.text.find('=');
  if (equal == std::string::npos || equal == 0)
    throw runtime::Failure(runtime::exit_usage, fmt::format("--set: `{}` is not NAME=VALUE", given.text));
  const std::string name = given.text.substr(0, equal);
  if (!options.constants.emplace(name, given.text.substr(equal + 1)).second)
    throw runtime::Failure(runtime::exit_usage, fmt::format("--set: `{}` is given twice", name));
}

void set_format(Options& options, Given given) {
  options.messages = given.text == "json"    ? MessageFormat::Json
                     : given.text == "short" ? MessageFormat::Short
                                             : MessageFormat::Human;
}

void set_budget(Options& options, Given given) {
  const char* const last = given.text.data() + given.text.size();
  const auto [end, fault] = std::from_chars(given.text.data(), last, options.budget);
  if (fault != std::errc() || end != last || !(options.budget >= 0 && options.budget <= 1e9))
    throw runtime::Failure(runtime::exit_usage, fmt::format("--budget: `{}` is no number of seconds", given.text));
}

// Commands that make code of a program, and those that at least make its graphs.
#define DNNC_CODE "init run train evaluate predict compile test bench"
#define DNNC_GRAPHS DNNC_CODE " check info"

/// The rest of what is wrong is found when all have been read.
constexpr runtime::OptionRow<Options> option_rows[] = {
    {{"--gradients", "compare with finite differences", nullptr, nullptr, "check"},
     [](Options& o, Given) { o.gradients = true; }},
    {{"--budget", "seconds that --gradients takes at most: 20; 0: no limit", "SECONDS", nullptr, "check"}, set_budget},
    {{"--all-elements", "look at every number with --gradients", nullptr, nullptr, "check"},
     [](Options& o, Given) { o.budget = 0; }},
    {{"--quiet", "print results only", nullptr, "-q", "check compile"}, [](Options& o, Given) { o.quiet = true; }},
    {{"--no-progress", "do not show what takes long", nullptr, nullptr, "check compile"},
     [](Options& o, Given) { o.progress = false; }},
    {{"--check", "only say whether the file would change", nullptr, nullptr, "fmt"},
     [](Options& o, Given) { o.check_only = true; }},
    {{"--derivative", "print the derivative by the first argument too", nullptr, nullptr, "eval"},
     [](Options& o, Given) { o.derivative = true; }},
    {{"--json", "as JSON, a line for each run", nullptr, nullptr, "info"}, [](Options& o, Given) { o.json = true; }},
    {{"-o", "the trainer to write", "FILE", "--output", "compile"}, [](Options& o, Given v) { o.output = v.text; }},
    {{"--set", "overrides a constant: width=128", "NAME=VALUE", nullptr, DNNC_GRAPHS, nullptr, {}, true}, set_constant},
    {{"--run", "which training of the file", "NAME", nullptr, DNNC_GRAPHS},
     [](Options& o, Given v) { o.run = v.text; }},
    {{"--target", "the processor to make code for", nullptr, nullptr, DNNC_GRAPHS, target_words},
     [](Options& o, Given v) { o.target = v.text; }},
    {{"--jobs",
      "threads that compile or check gradients",
      "N",
      nullptr,
      DNNC_CODE " check",
      nullptr,
      {1, runtime::most_threads}},
     [](Options& o, Given v) { o.jobs = static_cast<int>(v.number); }},
    {{"--no-cache", "compile every kernel anew", nullptr, nullptr, DNNC_CODE}, [](Options&, Given) {}},
    {{"--emit", emitted, "WHAT", nullptr, DNNC_GRAPHS}, [](Options& o, Given v) { o.emit = split(v.text); }},
    {{"--print-after", "prints the graphs after these passes, or all", "PASSES", nullptr, DNNC_GRAPHS " eval"},
     [](Options& o, Given v) { o.print_after = split(v.text); }},
    {{"--pass", "of a .dng file: runs just these passes", "PASSES", nullptr, "check"},
     [](Options& o, Given v) { o.passes = split(v.text); }},
    {{"--skip-pass", "leaves these passes out", "PASSES", nullptr, DNNC_GRAPHS " eval"},
     [](Options& o, Given v) { o.skip_passes = split(v.text); }},
    {{"--no-verify", "does not verify after each pass", nullptr, nullptr, DNNC_GRAPHS " eval"},
     [](Options& o, Given) { o.verify = false; }},
    {{"--check-memory", "the program checks what each kernel reads and writes; slow", nullptr, nullptr, DNNC_CODE},
     [](Options& o, Given) { o.check_memory = true; }},
    {{"--time", "prints the time of each phase", nullptr, nullptr, DNNC_GRAPHS " eval"},
     [](Options& o, Given) { o.time = true; }},
    {{"--message-format", "how what is wrong is told", nullptr, nullptr, nullptr, "human short json"}, set_format},
    {{"--color", "whether it is told in colours", nullptr, nullptr, nullptr, "always never auto"},
     [](Options& o, Given v) { o.color = v.text; }},
};
constexpr runtime::OptionRow<bool> version_row[] = {
    {{"--version", "which dnnc this is", nullptr, nullptr, ""}, [](bool&, Given) {}}};

#undef DNNC_CODE
#undef DNNC_GRAPHS

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> words;
  for (size_t begin = 0; begin < list.size();) {
    const size_t end = std::min(list.find(',', begin), list.size());
    if (end > begin) words.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

/// What is wrong with a list of words; empty if all are known.
std::string fault_of_words(const std::string& option, const std::vector<std::string>& words,
                           const std::vector<std::string>& known) {
  for (const std::string& word : words)
    if (std::ranges::find(known, word) == known.end())
      return fmt::format("{}: there is no `{}`; there are {}", option, word, fmt::join(known, ", "));
  return "";
}

/// What is wrong with the words that --emit and the options about passes take.
std::string fault_of_phases(const Options& options) {
  std::vector<std::string> passes, printed = {"all"};
  for (const Pass& pass : graph_passes()) passes.push_back(pass.name);
  printed.insert(printed.end(), passes.begin(), passes.end());
  for (const std::string& fault :
       {fault_of_words("--emit", options.emit, split(emitted)),
        fault_of_words("--print-after", options.print_after, printed), fault_of_words("--pass", options.passes, passes),
        fault_of_words("--skip-pass", options.skip_passes, passes)})
    if (!fault.empty()) return fault;
  return "";
}

/// That there is no place for a cache where the environment names none needs no word; that a name is no good does.
void choose_cache(Options& options) {
  const runtime::OwnFolder folder = runtime::own_folder("DNNC_CACHE", "kernels");
  options.cache = folder.path;
  options.no_cache = folder.given ? folder.why_not : "";
}

const char* help_examples =
    "examples:\n"
    "  dnnc run xor.dnn                  train it now\n"
    "  dnnc check model.dnn              say what is wrong with it\n"
    "  dnnc compile model.dnn -o model   make a trainer that needs no dnnc\n"
    "  ./model train -o w.safetensors && ./model predict --weights w.safetensors\n"
    "  dnnc eval 'softmax([-1, 0, 1, 2])'\n";

OptionsResult usage(const std::string& text, const std::string& command = "") {
  const std::string help = command.empty() ? "`dnnc --help` lists the commands"
                                           : fmt::format("`dnnc {} --help` lists what it takes", command);
  return {std::nullopt, fmt::format("dnnc: {}\n{}\n", runtime::shown(text), help), runtime::exit_usage};
}

const CommandForm* form_named(const std::string& word) {
  for (const CommandForm& form : forms)
    if (word == form.name) return &form;
  return nullptr;
}

/// What is wrong with the word that is to name the command.
std::string fault_of_command(const std::string& word) {
  std::vector<std::string> commands;
  for (const CommandForm& form : forms) commands.emplace_back(form.name);
  if (word.ends_with(program_ending)) return fmt::format("the command is missing; `dnnc run {}` trains it", word);
  const std::optional<std::string> near = nearest(word, commands);
  return fmt::format("there is no command `{}`{}", word, near ? fmt::format("; did you mean `{}`?", *near) : "");
}

/// The help of dnnc, or that of one command.
std::string help_of(const runtime::CommandLine& line, const CommandForm* command) {
  if (command)
    return fmt::format("dnnc {} {} [options]: {}\n\n{}", command->name, command->argument, command->doc,
                       line.help(command->name));
  std::string text = "dnnc: a language and compiler for neural networks\nusage: dnnc COMMAND [options]\n\ncommands:\n";
  for (const CommandForm& form : forms) text += fmt::format("  {:<10}{}\n", form.name, form.doc);
  return text + "\n" + help_examples + "\n`dnnc COMMAND --help` lists the options of a command\n";
}

/// Takes the words that are no options.
std::string take_words(const std::vector<std::string>& words, Options& options) {
  options.command = options.running.command = words[0];
  if (options.command == "data") {
    options.words.assign(words.begin() + 1, words.end());
    return "";
  }
  const char* const argument = form_named(options.command)->argument;
  if (words.size() < 2) return fmt::format("{0} is missing: dnnc {1} {0}", argument, options.command);
  if (words.size() > 2)
    return fmt::format("`{}` is one word too many: dnnc {} {}", words[2], options.command, argument);
  options.file = words[1];
  return options.file.empty() && std::string(argument) == "FILE" ? "the name of the file is empty" : "";
}

/// Everything that has been read, looked at and stored. What is wrong with it, if something is.
std::string fault_of(runtime::CommandLine& line, Options& options) {
  if (const std::string fault = take_words(line.words(), options); !fault.empty()) return fault;
  line.settle(options.command);
  runtime::settle_together(line, options.running);
  options.print_after_all = std::ranges::count(options.print_after, "all") > 0;
  if (!options.passes.empty() && !options.reads_graph())
    return "--pass runs passes on the graph of a .dng file; this is none";
  for (const char* option : {"--budget", "--all-elements"})
    if (line.has(option) && !options.gradients) return fmt::format("{} does nothing without --gradients", option);
  if (line.has("--budget") && line.has("--all-elements")) return "--budget does nothing beside --all-elements";
  if (!line.has("--no-cache")) choose_cache(options);
  return fault_of_phases(options);
}

}  // namespace

OptionsResult read_options(int argc, char** argv) {
  Options options;
  bool asks_for_version = false;
  runtime::CommandLine line;
  line.take(option_rows, options);
  line.take(version_row, asks_for_version);
  runtime::take_run_options(line, options.running, runtime::running_commands);
  const CommandForm* command = nullptr;
  try {
    line.read({argv + std::min(argc, 1), argv + argc});
    const std::vector<std::string>& words = line.words();
    if (line.has("--version")) return {std::nullopt, "dnnc 0.1.0\n", runtime::exit_done};
    command = words.empty() ? nullptr : form_named(words[0]);
    const bool asks = line.has("--help") || (words.size() == 1 && words[0] == "help");
    if (!words.empty() && !command) return usage(fault_of_command(words[0]));
    const bool of_all = words.empty() || words[0] == "help";
    if (asks) return {std::nullopt, help_of(line, of_all ? nullptr : command), runtime::exit_done};
    if (words.empty()) return {std::nullopt, help_of(line, nullptr), runtime::exit_usage};
    const std::string fault = fault_of(line, options);
    if (!fault.empty()) return usage(fault, command->name);
  } catch (const runtime::Failure& failure) {
    if (!line.words().empty()) command = form_named(line.words()[0]);
    return usage(failure.what(), command ? command->name : "");
  }
  return {std::move(options), "", 0};
}

}  // namespace dnnc
