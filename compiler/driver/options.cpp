#include "compiler/driver/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "compiler/driver/commands.h"
#include "compiler/driver/plot/plot_words.h"
#include "compiler/passes/passes.h"
#include "compiler/support/diagnostics.h"
#include "compiler/target/cpu_target.h"
#include "runtime/files/own_folder.h"
#include "runtime/program/failure.h"
#include "runtime/program/threads.h"
#include "runtime/program/version.h"
#include "runtime/run/choose_device.h"
#include "runtime/run/command_line.h"
#include "runtime/run/options.h"

namespace dnnc {
namespace {

std::vector<std::string> split(const std::string& list);

using Given = const runtime::OptionValue&;

constexpr const char* message_format_option = "--message-format";

void set_constant(Options& options, Given given) {
  const size_t equal = given.text.find('=');
  if (equal == std::string::npos || equal == 0)
    throw runtime::Failure(runtime::exit_usage, fmt::format("--set: `{}` is not NAME=VALUE", given.text));
  const std::string name = given.text.substr(0, equal);
  if (!options.constants.emplace(name, given.text.substr(equal + 1)).second)
    throw runtime::Failure(runtime::exit_usage, fmt::format("--set: `{}` is given twice", name));
}

void set_budget(Options& options, Given given) {
  const char* const last = given.text.data() + given.text.size();
  const auto [end, fault] = std::from_chars(given.text.data(), last, options.budget);
  if (fault != std::errc() || end != last || !(options.budget >= 0 && options.budget <= 1e9))
    throw runtime::Failure(runtime::exit_usage, fmt::format("--budget: `{}` is no number of seconds", given.text));
}

void set_columns(Options& options, Given given) {
  for (const std::string& name : split(given.text)) {
    if (name.empty()) throw runtime::Failure(runtime::exit_usage, "--columns: one of the names is empty");
    if (std::ranges::count(options.columns, name) > 0)
      throw runtime::Failure(runtime::exit_usage, fmt::format("--columns: `{}` is given twice", name));
    options.columns.push_back(name);
  }
}

void set_range(Options& options, Given given) {
  const size_t dots = given.text.find("..");
  const auto number = [&](const std::string& text, double& value) {
    const char* const last = text.data() + text.size();
    const auto [end, fault] = std::from_chars(text.data(), last, value);
    return fault == std::errc() && end == last && std::isfinite(value) && std::abs(value) <= 1e30;
  };
  const bool good = dots != std::string::npos && number(given.text.substr(0, dots), options.low) &&
                    number(given.text.substr(dots + 2), options.high) && options.low < options.high;
  if (!good)
    throw runtime::Failure(runtime::exit_usage,
                           fmt::format("--range: `{}` is not like -5..5, the smaller number first", given.text));
}

/// What is wrong with a list of words; empty if all are known.
std::string fault_of_words(const std::string& option, const std::vector<std::string>& words,
                           const std::vector<std::string>& known) {
  for (const std::string& word : words)
    if (std::ranges::find(known, word) == known.end())
      return fmt::format("{}: there is no `{}`; there are {}", option, word, fmt::join(known, ", "));
  return "";
}

void set_targets(Options& options, Given given) {
  for (const std::string& word : split(given.text)) {
    const TargetName target = *runtime::value_named<TargetName>(word);
    if (std::ranges::count(options.targets, target) > 0)
      throw runtime::Failure(runtime::exit_usage, fmt::format("--target: `{}` is given twice", word));
    options.targets.push_back(target);
  }
  options.target = options.targets.front();
}

void set_emitted(Options& options, Given given) {
  std::vector<std::string> known;
  for (const EmittedRow& row : emitted_rows) known.emplace_back(row.word);
  const std::vector<std::string> asked = split(given.text);
  if (const std::string fault = fault_of_words("--emit", asked, known); !fault.empty())
    throw runtime::Failure(runtime::exit_usage, fault);
  for (const std::string& word : asked) options.emit.push_back(*runtime::value_named<Emitted>(word));
}

namespace placeholders = runtime::placeholders;

/// The rest of what is wrong is found when all have been read.
constexpr runtime::OptionRow<Options> option_rows[] = {
    {{"--gradients", "compare with finite differences", nullptr, nullptr, checks},
     [](Options& o, Given) { o.gradients = true; }},
    {{"--budget", "seconds that --gradients takes at most: 20; 0: no limit", "SECONDS", nullptr, checks}, set_budget},
    {{"--all-elements", "look at every number with --gradients", nullptr, nullptr, checks},
     [](Options& o, Given) { o.budget = 0; }},
    {{"--check", "only say whether the file would change", nullptr, nullptr, formats},
     [](Options& o, Given) { o.check_only = true; }},
    {{"--derivative", "print the derivative by the first argument of the innermost call too", nullptr, nullptr,
      evaluates_formula},
     [](Options& o, Given) { o.derivative = true; }},
    {{runtime::output_option, "the trainer to write", placeholders::file, runtime::output_option_too, links},
     [](Options& o, Given v) { o.output = v.text; }},
    {{runtime::output_option, "the page to write; else RECORD/report.html", placeholders::file,
      runtime::output_option_too, makes_page},
     [](Options& o, Given v) { o.output = v.text; }},
    {{.name = runtime::value_option,
      .doc = "keep this value inside of the net, for predict --value",
      .value = placeholders::name,
      .deeds = links,
      .repeats = true},
     [](Options& o, Given v) { o.running.values.push_back(v.text); }},
    {{"--set", "overrides a constant: width=128", "NAME=VALUE", nullptr, makes_graphs, nullptr, {}, true},
     set_constant},
    {{"--run", "which training of the file", placeholders::name, nullptr, makes_graphs},
     [](Options& o, Given v) { o.run = v.text; }},
    {{.name = "--target",
      .doc = "processors and devices to make code for: host,opencl",
      .deeds = makes_graphs,
      .choices = runtime::all_words<TargetName>,
      .list = true},
     set_targets},
    {{.name = "--device-model",
      .doc = "how long a step would take on such a device",
      .deeds = describes,
      .choices = runtime::all_words<DeviceModelName>},
     [](Options& o, Given v) { o.device_model = runtime::value_named<DeviceModelName>(v.text); }},
    {{"--jobs",
      "threads that compile or check gradients",
      placeholders::number,
      nullptr,
      uses_jobs,
      nullptr,
      {1, runtime::most_threads}},
     [](Options& o, Given v) { o.jobs = static_cast<int>(v.number); }},
    {{runtime::output_option, "the picture to write: a .svg, .png or .json", placeholders::file,
      runtime::output_option_too, draws},
     [](Options& o, Given v) { o.output = v.text; }},
    {{.name = "--theme", .doc = "what it lies on", .deeds = draws, .choices = runtime::all_words<chart::Theme>},
     [](Options& o, Given v) { o.theme = *runtime::value_named<chart::Theme>(v.text); }},
    {{"--range", "where x lies: -5..5", "LOW..HIGH", nullptr, draws_function}, set_range},
    {{"--count", "the examples that are shown: 25", placeholders::number, nullptr, draws_examples, nullptr, {1, 400}},
     [](Options& o, Given v) { o.shown_examples = static_cast<int64_t>(v.number); }},
    {{"--columns", "these alone, of which the first two lie over each other", "NAME,NAME", nullptr, draws_columns},
     set_columns},
    {{"--steps", "steps that are compared: 3", placeholders::number, nullptr, compares, nullptr, {1, 1'000'000}},
     [](Options& o, Given v) { o.steps = static_cast<int64_t>(v.number); }},
    {{"--no-cache", "compile every kernel anew", nullptr, nullptr, makes_code}, [](Options&, Given) {}},
    {{.name = "--emit",
      .doc = runtime::all_words<Emitted, ','>,
      .value = placeholders::what,
      .deeds = makes_graphs,
      .inside = true},
     set_emitted},
    {{.name = "--print-after",
      .doc = "prints the graphs after these passes, or all",
      .value = "PASSES",
      .deeds = runs_passes,
      .inside = true},
     [](Options& o, Given v) { o.print_after = split(v.text); }},
    {{.name = "--pass",
      .doc = "of a .dng file: runs just these passes",
      .value = "PASSES",
      .deeds = checks,
      .inside = true},
     [](Options& o, Given v) { o.passes = split(v.text); }},
    {{.name = "--skip-pass", .doc = "leaves these passes out", .value = "PASSES", .deeds = runs_passes, .inside = true},
     [](Options& o, Given v) { o.skip_passes = split(v.text); }},
    {{.name = "--no-verify", .doc = "does not verify after each pass", .deeds = runs_passes, .inside = true},
     [](Options& o, Given) { o.verify = false; }},
    {{.name = "--check-memory",
      .doc = "the program checks what each kernel reads and writes; slow",
      .deeds = makes_code,
      .inside = true},
     [](Options& o, Given) { o.check_memory = true; }},
    {{.name = "--time", .doc = "prints the time of each phase", .deeds = runs_passes, .inside = true},
     [](Options& o, Given) { o.time = true; }},
    {{.name = message_format_option, .doc = "how what is wrong is told", .choices = runtime::all_words<MessageFormat>},
     [](Options& o, Given v) { o.messages = *runtime::value_named<MessageFormat>(v.text); }},
    {{.name = "--color", .doc = "whether it is told in colours", .choices = runtime::all_words<Colors>},
     [](Options& o, Given v) { o.colors = *runtime::value_named<Colors>(v.text); }},
};
constexpr runtime::OptionRow<bool> version_row[] = {
    {{"--version", "which dnnc this is", nullptr, nullptr, 0}, [](bool&, Given) {}}};

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> words;
  for (size_t begin = 0; begin < list.size();) {
    const size_t end = std::min(list.find(',', begin), list.size());
    if (end > begin) words.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

/// What is wrong with the words that the options about passes take.
std::string fault_of_phases(const Options& options) {
  std::vector<std::string> passes, printed = {"all"};
  for (const Pass& pass : graph_passes()) passes.push_back(pass.name);
  printed.insert(printed.end(), passes.begin(), passes.end());
  for (const std::string& fault :
       {fault_of_words("--print-after", options.print_after, printed), fault_of_words("--pass", options.passes, passes),
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

/// What is wrong with the word that is to name the command.
std::string fault_of_command(const std::string& word) {
  std::vector<runtime::CommandForm> forms;
  for (const Command& command : commands()) forms.push_back(command.form);
  if (word.ends_with(program_ending))
    return fmt::format("the command is missing; `dnnc {} {}` trains it",
                       runtime::form_of(runtime::RunCommand::Run).name, word);
  return runtime::no_command(word, forms);
}

/// What is drawn where the words of the command line ask for a picture; null for all else.
const PlotKind* kind_of(const Command* command, const std::vector<std::string>& words) {
  return command && command->run == command_plot && words.size() > 1 ? find_plot_kind(words[1]) : nullptr;
}

/// The help of dnnc, or that of one command.
std::string help_of(const runtime::CommandLine& line, const Command* command, const std::string& word) {
  if (command && command->run == command_plot) return help_of_plots(line, *command, find_plot_kind(word));
  if (command)
    return fmt::format("dnnc {} {} [options]: {}\n\n{}{}", command->form.name, command->argument, command->form.doc,
                       line.help(&command->form),
                       examples_of(command->form, "dnnc",
                                   std::string_view(command->argument) == placeholders::file ? "model.dnn" : ""));
  std::string text = "dnnc: a language and compiler for neural networks\nusage: dnnc COMMAND [options]\n\ncommands:\n";
  for (const Command& row : commands()) text += fmt::format("  {:<10}{}\n", row.form.name, row.form.doc);
  return text + "\n" + help_examples + "\n`dnnc COMMAND --help` lists the options of a command\n";
}

/// The option that a word without one is meant for: `epochs=5`, `w.safetensors`, `0,1` of predict.
std::string meant_option(const std::string& word, const Command& command) {
  if (word.find('=') != std::string::npos) return fmt::format("; did you mean --{}?", word);
  if (word.ends_with(".safetensors")) return fmt::format("; did you mean --weights {}?", word);
  const bool asks = command.form.name == std::string_view(runtime::form_of(runtime::RunCommand::Predict).name);
  return asks ? fmt::format("; did you mean --input {}?", word) : "";
}

/// Takes the words that are no options.
std::string take_words(const std::vector<std::string>& words, const Command& command, Options& options) {
  options.command = options.running.command = command.form.name;
  if (command.does(takes_words)) {
    options.words.assign(words.begin() + 1, words.end());
    return command.run == command_plot ? take_plot_words(kind_of(&command, words), options) : "";
  }
  if (words.size() < 2) return fmt::format("{0} is missing: dnnc {1} {0}", command.argument, options.command);
  if (words.size() > 2)
    return fmt::format("`{}` is one word too many: dnnc {} {}{}", words[2], options.command, command.argument,
                       meant_option(words[2], command));
  options.file = words[1];
  const bool names_file = std::string_view(command.argument) == runtime::placeholders::file;
  return options.file.empty() && names_file ? runtime::fault_of_empty(command.argument, "") : "";
}

/// Everything that has been read, looked at and stored. What is wrong with it, if something is.
std::string fault_of(runtime::CommandLine& line, const Command& command, Options& options) {
  const std::string fault = take_words(line.words(), command, options);
  const PlotKind* const plot = kind_of(&command, line.words());
  if (command.run == command_plot && !plot) return fault;  // options are those of a kind
  line.settle(plot ? plot->form : command.form);           // first: an option may have taken the word that is missing
  if (!fault.empty()) return fault;
  if (const std::string wrong = command.does(draws) || plot ? fault_of_picture(plot, options) : ""; !wrong.empty())
    return wrong;
  runtime::settle_together(line, command.form, options.running);
  options.print_after_all = std::ranges::count(options.print_after, "all") > 0;
  if (!options.passes.empty() && !options.reads_graph())
    return "--pass runs passes on the graphs of a .dng file; this is none";
  for (const Emitted what : options.emit)
    if (options.reads_graph() && made_by(what) < Phase::BuildGraph)
      return fmt::format("--emit={} prints what a program becomes; {} holds graphs", runtime::word_of(what),
                         options.file);
  for (const char* option : {"--gradients", "--set", "--run"})
    if (line.has(option) && options.reads_graph())
      return fmt::format("{} is of a program; {} holds graphs", option, options.file);
  if (options.gradients && options.shows_graphs()) return "--gradients compiles nothing that could be printed";
  for (const char* option : {"--budget", "--all-elements"})
    if (line.has(option) && !options.gradients) return fmt::format("{} does nothing without --gradients", option);
  if (line.has("--budget") && line.has("--all-elements")) return "--budget does nothing beside --all-elements";
  if (options.device_model && std::ranges::none_of(options.made_for(), is_device))
    return "--device-model is about code for a device: --target=" + std::string(runtime::word_of(TargetName::OpenCl));
  if (!line.has("--no-cache")) choose_cache(options);
  return fault_of_phases(options);
}

/// What messages name as that for which an option is: who draws something is told of kinds of pictures, all others of `plot`.
std::vector<runtime::CommandForm> forms_of(const std::vector<std::string>& words) {
  std::vector<runtime::CommandForm> forms;
  for (const Command& command : commands()) {
    forms.push_back(command.form);
    if (command.run != command_plot) continue;
    const bool asked = std::ranges::count(words, command.form.name) > 0;
    for (const PlotKind& kind : plot_kinds()) {
      if (asked) forms.push_back(kind.form);
      else forms.back().deeds |= kind.form.deeds;
    }
  }
  return forms;
}

}  // namespace

std::vector<TargetName> Options::made_for() const {
  if (!targets.empty()) return targets;
  std::vector<std::string> wished;
  for (const std::string& word : split(running.device)) wished.push_back(runtime::read_device(word).kind);
  const auto wishes = [&](const char* word) { return std::ranges::count(wished, word) > 0; };
  const bool any = wishes(runtime::device_words::any);
  std::vector<TargetName> made;
  if (wished.empty() || any || wishes(runtime::device_words::processor)) made.push_back(target);
  for (const auto& [name, word] : runtime::words<TargetName>)
    if (is_device(name) && (any || wishes(word)) && name != target) made.push_back(name);
  return made;
}

bool asks_for_json(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  const auto last = std::ranges::find(words, "--");
  const std::string json = runtime::word_of(MessageFormat::Json), name = message_format_option;
  const auto apart = std::find(words.begin(), last, name);
  return std::find(words.begin(), last, name + "=" + json) != last ||
         (apart != last && apart + 1 != last && *(apart + 1) == json);
}

OptionsResult read_options(int argc, char** argv) {
  Options options;
  bool asks_for_version = false;
  runtime::CommandLine line(forms_of({argv, argv + argc}));
  line.take(option_rows, options);
  line.take(version_row, asks_for_version);
  runtime::take_run_options(line, options.running);
  const Command* command = nullptr;
  try {
    line.read({argv + std::min(argc, 1), argv + argc});
    const std::vector<std::string>& words = line.words();
    if (line.has(version_row[0].form.name))
      return {std::nullopt, fmt::format("dnnc {}\n", runtime::version), runtime::exit_done};
    command = words.empty() ? nullptr : find_command(words[0]);
    if (!words.empty() && !command) return usage(fault_of_command(words[0]));
    const auto word = [&](size_t number) { return number < words.size() ? words[number] : ""; };
    // `dnnc help plot net` is `dnnc plot net --help`.
    const size_t asked = command && command->run == command_help ? 1 : 0;
    const Command* const about = find_command(word(asked));
    if (line.asks_for_help() || (asked && (words.size() == 1 || about)))
      return {std::nullopt,
              help_of(line,
                      about                        ? about
                      : words.size() == 1 && asked ? nullptr
                                                   : command,
                      word(asked + 1)),
              runtime::exit_done};
    if (!command) return {std::nullopt, help_of(line, nullptr, ""), runtime::exit_usage};
    const std::string fault = fault_of(line, *command, options);
    if (!fault.empty()) return usage(fault, command->form.name);
  } catch (const runtime::Failure& failure) {
    if (!line.words().empty()) command = find_command(line.words()[0]);
    return usage(failure.what(), command ? command->form.name : "");
  }
  return {std::move(options), "", 0};
}

}  // namespace dnnc
