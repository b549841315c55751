#include "runtime/run/options.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "runtime/data/inputs.h"
#include "runtime/program/failure.h"
#include "runtime/program/manifest.h"
#include "runtime/program/threads.h"

namespace dnnc::runtime {
namespace {

[[noreturn]] void usage(const std::string& message) { throw Failure(exit_usage, message); }

/// "10min", "5epochs", "1000steps".
CheckpointEvery every_of(const std::string& text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::string number = text.substr(0, digits), unit = text.substr(digits);
  char* end = nullptr;
  double count = std::strtod(number.c_str(), &end);
  CheckpointEvery every{.seconds = 0, .at_epochs = false};
  if (*end || count > 1e15) count = 0;
  if (unit == "s" || unit == "sec") every.seconds = count;
  else if (unit == "min") every.seconds = 60 * count;
  else if (unit == "h") every.seconds = 3600 * count;
  else if (unit == "epoch" || unit == "epochs") every.epochs = static_cast<int64_t>(count);
  else if (unit == "step" || unit == "steps") every.steps = static_cast<int64_t>(count);
  const bool whole = every.seconds > 0 || count == std::floor(count);
  if (!(every.seconds > 0 || every.epochs > 0 || every.steps > 0) || !whole)
    usage("--checkpoint-every: `" + text + "` is not like 10min, 5epochs or 1000steps");
  return every;
}

std::vector<double> numbers(const std::string& flag, const std::string& text) {
  std::vector<double> values;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    char* rest = nullptr;
    values.push_back(std::strtod(word.c_str(), &rest));
    while (*rest == ' ') ++rest;
    if (word.empty() || *rest) usage(flag + ": `" + word + "` is neither a number nor a file");
    begin = end + 1;
  }
  return values;
}

#define DNNC_TRAINING "train run test"
#define DNNC_USING "evaluate predict"
#define DNNC_RUNNING DNNC_TRAINING " " DNNC_USING " init bench"

using Given = const OptionValue&;

constexpr WholeRange counting = {1, uint64_t{1} << 53};

constexpr OptionRow<RunOptions> option_rows[] = {
    {{"--epochs",
      "train for N epochs instead of what the program says",
      "N",
      nullptr,
      DNNC_TRAINING,
      nullptr,
      {1, most_epochs}},
     [](RunOptions& o, Given v) { o.epochs = static_cast<int64_t>(v.number); }},
    {{"--seed", "seed of initial weights, shuffles and draws", "N", nullptr, DNNC_RUNNING, nullptr, {0, most_seed}},
     [](RunOptions& o, Given v) { o.seed = v.number; }},
    {{"--from", "start from these weights", "FILE", nullptr, DNNC_TRAINING},
     [](RunOptions& o, Given v) { o.from = v.text; }},
    {{"--weights", "the trained weights to use", "FILE", nullptr, DNNC_USING " test run"},
     [](RunOptions& o, Given v) { o.weights = v.text; }},
    {{"-o", "save the trained weights (safetensors)", "FILE", "--output", DNNC_TRAINING " init"},
     [](RunOptions& o, Given v) { o.output = v.text; }},
    {{"--part", "the examples to use", nullptr, nullptr, DNNC_USING, "train validation test"},
     [](RunOptions& o, Given v) { o.part = value_named<DataPart>(v.text); }},
    {{"--count", "the most examples predict shows: 5, or all of --input", "N", nullptr, "predict", nullptr, counting},
     [](RunOptions& o, Given v) { o.count = static_cast<int64_t>(v.number); }},
    {{"--input", "predict 0,1 or a .csv, .npz, picture, folder, - for stdin", "WHAT", nullptr, "predict"},
     [](RunOptions& o, Given v) {
       if (names_inputs(v.text)) o.input_path = v.text;
       else o.input = numbers("--input", v.text);
     }},
    {{"--data", "where relative paths of the data start", "FOLDER", nullptr, DNNC_TRAINING " " DNNC_USING " bench"},
     [](RunOptions& o, Given v) { o.data = v.text; }},
    {{"--history", "write one JSON line an epoch", "FILE", nullptr, DNNC_TRAINING},
     [](RunOptions& o, Given v) { o.history = v.text; }},
    {{"--checkpoint", "keep the state of training here, to go on from", "FILE", nullptr, DNNC_TRAINING},
     [](RunOptions& o, Given v) { o.checkpoint = v.text; }},
    {{"--checkpoint-every", "10min, 5epochs or 1000steps; else each epoch, 30 s apart", "WHAT", nullptr, DNNC_TRAINING},
     [](RunOptions& o, Given v) { o.every = every_of(v.text); }},
    {{"--resume", "go on from this checkpoint, and go on writing it", "FILE", nullptr, DNNC_TRAINING},
     [](RunOptions& o, Given v) { o.resume = v.text; }},
    {{"--threads",
      "threads of the training step; results do not depend on it",
      "N",
      nullptr,
      DNNC_RUNNING,
      nullptr,
      {1, most_threads}},
     [](RunOptions& o, Given v) { o.threads = static_cast<int>(v.number); }},
    {{"--json", "print events as JSON Lines", nullptr, nullptr, DNNC_RUNNING " info source"},
     [](RunOptions& o, Given) { o.json = true; }},
    {{"--quiet", "print results only", nullptr, "-q", DNNC_RUNNING " info source"},
     [](RunOptions& o, Given) { o.quiet = true; }},
    {{"--no-progress", "no progress bar", nullptr, nullptr, DNNC_RUNNING},
     [](RunOptions& o, Given) { o.progress = false; }},
};

struct RunCommand {
  const char* name;
  const char* doc;
};
constexpr RunCommand run_commands[] = {
    {"train", "train, and save the weights with -o FILE"},
    {"evaluate", "loss and metrics of --weights FILE over --part"},
    {"predict", "answers of --weights FILE to examples of --part or --input"},
    {"test", "train (or take --weights) and check every `expect`"},
    {"info", "parameters and memory"},
    {"source", "the program's text"},
    {"init", "write initial weights to -o FILE"},
    {"bench", "time of a training step and of its kernels"},
    {"run", "train, then check every `expect`"},
    {"help", "what exit codes mean: help exit-codes"},
};

/// The first option that was given only for a training, where there will be none; null if there is none.
const char* training_option(const CommandLine& line) {
  for (const OptionRow<RunOptions>& row : option_rows) {
    const char* const commands = row.form.commands;
    if (holds_word(commands, "train") && !holds_word(commands, "evaluate") && line.has(row.form.name))
      return row.form.name;
  }
  return nullptr;
}

}  // namespace

const char* const running_commands = DNNC_RUNNING;
#undef DNNC_TRAINING
#undef DNNC_USING
#undef DNNC_RUNNING

void take_run_options(CommandLine& line, RunOptions& options, const char* commands) {
  line.take(option_rows, options, commands);
}

void settle_together(const CommandLine& line, RunOptions& options) {
  if (!options.resume.empty() && !options.from.empty())
    usage("--from gives weights to start with, --resume a training to go on with: leave one of them out");
  if (line.has("--checkpoint-every") && options.checkpoint.empty() && options.resume.empty())
    usage("--checkpoint-every says when --checkpoint FILE is written, which is not given");
  const char* const training = options.weights.empty() ? nullptr : training_option(line);
  if (training)
    usage(std::string("--weights gives trained weights, ") + training + " is for training: leave one of them out");
  if (options.command == "init" && options.output.empty()) usage("init needs -o FILE");
  if (options.checkpoint.empty()) options.checkpoint = options.resume;
}

bool is_run_command(const std::string& word) { return std::ranges::count(run_commands, word, &RunCommand::name) > 0; }

RunOptions read_run_options(const std::vector<std::string>& arguments) {
  RunOptions options;
  CommandLine line;
  take_run_options(line, options);
  line.read(arguments);
  if (!line.words().empty()) options.command = line.words()[0];
  options.help = line.has("--help");
  if (options.help || !is_run_command(options.command)) return options;
  const size_t most = options.command == "help" ? 2 : 1;
  if (line.words().size() > most)
    usage("`" + line.words()[most] + "` is one word too many for `" + options.command + "`");
  line.settle(options.command);
  if (line.words().size() > 1) options.topic = line.words()[1];
  settle_together(line, options);
  return options;
}

std::string run_help(const std::string& program, const std::string& command) {
  RunOptions options;
  CommandLine line;
  take_run_options(line, options);
  const bool one = is_run_command(command);
  std::string text = "usage: " + program + " " + (one ? command : "COMMAND") + " [options]\n\n";
  for (const RunCommand& row : run_commands) {
    if (one && command != row.name) continue;
    std::string left = std::string("  ") + row.name;
    left.resize(22, ' ');
    text += left + row.doc + "\n";
  }
  return text + "\n" + line.help(one ? command : "");
}

}  // namespace dnnc::runtime
