#include "compiler/driver/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

#include "compiler/passes/passes.h"
#include "compiler/support/diagnostics.h"
#include "runtime/files/own_folder.h"
#include "runtime/program/failure.h"
#include "runtime/run/options.h"

namespace dnnc {
namespace {

/// One command of dnnc: what `--help` says of it and which groups of options it takes.
struct CommandForm {
  const char* name;
  const char* doc;
  const char* argument;      ///< its positional argument, or null
  bool compiles = false;     ///< takes the compiler's options
  bool passes_rest = false;  ///< what it does not know goes to the runtime
};

constexpr CommandForm forms[] = {
    {"new", "write a small program to start from", "FILE"},
    {"check", "check a program; reads no data", "FILE", true},
    {"fmt", "print a program in its one canonical form", "FILE"},
    {"info", "layers, shapes, parameters, work and memory of a program", "FILE", true},
    {"explain", "explain a message by its code, E0207", "CODE"},
    {"eval", "the value of a formula: 'softmax([-1, 0, 1, 2])'", "FORMULA"},
    {"init", "write initial weights", "FILE", true},
    {"run", "train every run of a program and test it", "FILE", true, true},
    {"train", "train a net and save its weights", "FILE", true, true},
    {"evaluate", "loss and metrics of trained weights over a part of the data", "FILE", true, true},
    {"predict", "what a trained net answers", "FILE", true, true},
    {"compile", "make a stand-alone trainer", "FILE", true},
    {"test", "train and check every `expect`", "FILE", true, true},
    {"bench", "time the training step and its kernels", "FILE", true, true},
    {"data", "list, fetch, verify or import data sets", nullptr, false, true},
    {"help", "what exit codes mean: help exit-codes", "TOPIC"},
};

/// What --emit prints.
const std::vector<std::string>& emitted() {
  static const std::vector<std::string> words = {"tokens",  "ast",  "model", "graph", "gradient", "fused",
                                                 "kernels", "plan", "stmt",  "llvm",  "asm"};
  return words;
}

/// The values of options as CLI11 fills them, before they become Options.
struct Raw {
  Options options;
  std::vector<std::string> constants;
  std::string emit, print_after, passes, skip_passes, messages = "human";
  bool no_verify = false, no_cache = false;
  std::string seed;
};

void add_messages(CLI::App& app, Raw& raw) {
  app.add_option("--message-format", raw.messages, "human, short or json")
      ->check(CLI::IsMember({"human", "short", "json"}));
  app.add_option("--color", raw.options.color, "always, never or auto")
      ->check(CLI::IsMember({"always", "never", "auto"}));
}

void add_compiler_options(CLI::App& app, Raw& raw) {
  app.add_option("--set", raw.constants, "overrides a constant: width=128")->allow_extra_args(false);
  app.add_option("--run", raw.options.run, "which training of the file");
  app.add_option("--target", raw.options.target, "host, avx2 or avx512");
  app.add_option("--jobs", raw.options.jobs, "threads that compile")->check(CLI::Range(1, 4096));
  app.add_flag("--no-cache", raw.no_cache, "compile every kernel anew");
  app.add_option("--emit", raw.emit, fmt::format("{}", fmt::join(emitted(), ",")));
  app.add_option("--print-after", raw.print_after, "prints the graphs after these passes, or all");
  app.add_option("--pass", raw.passes, "for a .dng file: runs just these passes");
  app.add_option("--skip-pass", raw.skip_passes, "leaves these passes out");
  app.add_flag("--no-verify", raw.no_verify, "does not verify after each pass");
  app.add_flag("--check-memory", raw.options.check_memory,
               "the program checks what each kernel reads and writes; slow");
  app.add_flag("--time", raw.options.time, "prints the time of each phase");
}

void add_own_options(CLI::App& app, const std::string& command, Raw& raw) {
  if (command == "check") app.add_flag("--gradients", raw.options.gradients, "compare with finite differences");
  if (command == "fmt") app.add_flag("--check", raw.options.check_only, "only say whether the file would change");
  if (command == "eval")
    app.add_flag("--derivative", raw.options.derivative, "print the derivative by the first argument too");
  if (command == "info") app.add_flag("--json", raw.options.json, "as JSON, a line for each run");
  if (command == "compile" || command == "init")
    app.add_option("-o,--output", raw.options.output, "file to write")->check([](const std::string& name) {
      return name.empty() ? std::string("cannot write: the name of the file is empty") : std::string();
    });
  if (command == "init") app.add_option("--seed", raw.seed, "seed of the draws");
}

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
       {fault_of_words("--emit", options.emit, emitted()),
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

/// What CLI11 cannot check. An empty string if all is well.
std::string finish(Raw& raw) {
  Options& options = raw.options;
  options.emit = split(raw.emit);
  options.print_after = split(raw.print_after);
  options.print_after_all = raw.print_after == "all";
  options.passes = split(raw.passes);
  options.skip_passes = split(raw.skip_passes);
  options.verify = !raw.no_verify;
  options.messages = raw.messages == "json"    ? MessageFormat::Json
                     : raw.messages == "short" ? MessageFormat::Short
                                               : MessageFormat::Human;
  if (!raw.no_cache) choose_cache(options);
  if (!raw.seed.empty()) {
    uint64_t seed = 0;
    const char* const last = raw.seed.data() + raw.seed.size();
    const auto [end, fault] = std::from_chars(raw.seed.data(), last, seed);
    if (fault == std::errc::result_out_of_range) return fmt::format("--seed: `{}` is larger than 2^64 - 1", raw.seed);
    if (fault != std::errc() || end != last) return fmt::format("--seed: `{}` is not a whole number", raw.seed);
    options.seed = seed;
  }
  for (const std::string& constant : raw.constants) {
    const size_t equal = constant.find('=');
    if (equal == std::string::npos || equal == 0) return fmt::format("--set: `{}` is not NAME=VALUE", constant);
    options.constants[constant.substr(0, equal)] = constant.substr(equal + 1);
  }
  return fault_of_phases(options);
}

const char* help_examples =
    "examples:\n"
    "  dnnc run xor.dnn                  train it now\n"
    "  dnnc check model.dnn              say what is wrong with it\n"
    "  dnnc compile model.dnn -o model   make a trainer that needs no dnnc\n"
    "  ./model train -o w.safetensors && ./model predict --weights w.safetensors\n"
    "  dnnc eval 'softmax([-1, 0, 1, 2])'\n";

OptionsResult usage(const std::string& text) {
  return {std::nullopt, fmt::format("dnnc: {}\n`dnnc --help` lists the commands\n", runtime::shown(text)),
          runtime::exit_usage};
}

/// What is wrong with the first word of a command line, which names the command; empty if nothing is.
std::string fault_of_command(const std::string& word) {
  std::vector<std::string> commands;
  for (const CommandForm& command : forms) commands.emplace_back(command.name);
  if (word.starts_with("-") || std::count(commands.begin(), commands.end(), word)) return "";
  if (word.ends_with(".dnn")) return fmt::format("the command is missing; `dnnc run {}` trains it", word);
  const std::optional<std::string> near = nearest(word, commands);
  return fmt::format("there is no command `{}`{}", word, near ? fmt::format("; did you mean `{}`?", *near) : "");
}

}  // namespace

OptionsResult read_options(int argc, char** argv) {
  if (const std::string fault = argc > 1 ? fault_of_command(argv[1]) : ""; !fault.empty()) return usage(fault);
  Raw raw;
  CLI::App app{"dnnc: a language and compiler for neural networks", "dnnc"};
  app.footer(help_examples);
  app.set_version_flag("--version", "dnnc 0.1.0");
  app.require_subcommand(0, 1);
  for (const CommandForm& command : forms) {
    CLI::App* sub = app.add_subcommand(command.name, command.doc);
    if (command.argument) sub->add_option(command.argument, raw.options.file)->required();
    if (command.passes_rest) sub->allow_extras();
    if (command.compiles && command.passes_rest) sub->footer("running " + runtime::run_options_help());
    add_messages(*sub, raw);
    if (command.compiles) add_compiler_options(*sub, raw);
    add_own_options(*sub, command.name, raw);
    sub->callback([&raw, sub, &command] {
      raw.options.command = command.name;
      raw.options.rest = sub->remaining();
    });
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return {std::nullopt, app.help(), runtime::exit_done};
  } catch (const CLI::CallForVersion&) {
    return {std::nullopt, "dnnc 0.1.0\n", runtime::exit_done};
  } catch (const CLI::ParseError& error) {
    return usage(error.what());
  }
  if (raw.options.command.empty()) return {std::nullopt, app.help(), runtime::exit_usage};
  const std::string fault = finish(raw);
  if (!fault.empty()) return usage(fault);
  return {std::move(raw.options), "", 0};
}

}  // namespace dnnc
