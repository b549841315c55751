#include "runtime/run/options.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "runtime/data/inputs.h"
#include "runtime/program/failure.h"
#include "runtime/program/manifest.h"
#include "runtime/program/setting_names.h"
#include "runtime/program/threads.h"
#include "runtime/program/time_units.h"
#include "runtime/run/answer_file.h"

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
  const std::optional<SettingName> counted = value_named<SettingName>(unit);
  if (counted == SettingName::Epoch || counted == SettingName::Epochs) every.epochs = static_cast<int64_t>(count);
  else if (counted == SettingName::Step || counted == SettingName::Steps) every.steps = static_cast<int64_t>(count);
  else every.seconds = count * (unit == "sec" ? 1 : seconds_of(unit));
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

using Given = const OptionValue&;

constexpr WholeRange counting = {1, uint64_t{1} << 53};

constexpr OptionRow<RunOptions> option_rows[] = {
    {{"--epochs",
      "train for N epochs instead of what the program says",
      placeholders::number,
      nullptr,
      trains,
      nullptr,
      {1, most_epochs}},
     [](RunOptions& o, Given v) { o.epochs = static_cast<int64_t>(v.number); }},
    {{"--seed", "seed of all that is drawn", placeholders::number, nullptr, runs_code, nullptr, {0, most_seed}},
     [](RunOptions& o, Given v) { o.seed = v.number; }},
    {{"--from", "start from these weights", placeholders::file, nullptr, trains | starts_anew},
     [](RunOptions& o, Given v) { o.from = v.text; }},
    {{"--weights", "the trained weights to use", placeholders::file, nullptr, takes_weights},
     [](RunOptions& o, Given v) { o.weights = v.text; }},
    {{output_option, "save the weights (safetensors)", placeholders::file, output_option_too, saves_weights},
     [](RunOptions& o, Given v) { o.output = v.text; }},
    {{output_option, "write the answers to a .csv, .npz or .jsonl", placeholders::file, output_option_too, answers},
     [](RunOptions& o, Given v) { o.answers = v.text; }},
    {{"--part", "the examples to use", nullptr, nullptr, uses_part, all_words<DataPart>},
     [](RunOptions& o, Given v) { o.part = value_named<DataPart>(v.text); }},
    {{"--count", "the most examples predict shows: 5; all of --input or --output", placeholders::number, nullptr,
      answers, nullptr, counting},
     [](RunOptions& o, Given v) { o.count = static_cast<int64_t>(v.number); }},
    {{"--input", "predict 0,1 or a .csv, .npz, picture, folder, - for stdin", placeholders::what, nullptr, answers},
     [](RunOptions& o, Given v) {
       if (names_inputs(v.text)) o.input_path = v.text;
       else o.input = numbers("--input", v.text);
     }},
    {{.name = value_option,
      .doc = "print this value inside of the net, not the answer",
      .value = placeholders::name,
      .deeds = answers,
      .repeats = true},
     [](RunOptions& o, Given v) { o.values.push_back(v.text); }},
    {{net_option, "ask this net, which the trained one uses", placeholders::name, nullptr, answers},
     [](RunOptions& o, Given v) { o.net = v.text; }},
    {{"--data", "where relative paths of the data start", placeholders::folder, nullptr, reads_data},
     [](RunOptions& o, Given v) { o.data = v.text; }},
    {{"--history", "write one JSON line an epoch", placeholders::file, nullptr, trains},
     [](RunOptions& o, Given v) { o.history = v.text; }},
    {{"--record", "keep program, settings, history, answers and weights here", placeholders::folder, nullptr, trains},
     [](RunOptions& o, Given v) { o.record = v.text; }},
    {{"--record", "add the times to this record of a training", placeholders::folder, nullptr, measures},
     [](RunOptions& o, Given v) { o.bench_record = v.text; }},
    {{"--tensorboard", "write event files for TensorBoard here", placeholders::folder, nullptr, trains},
     [](RunOptions& o, Given v) { o.tensorboard = v.text; }},
    {{"--record-steps", "record every Nth step too", placeholders::number, nullptr, trains, nullptr, counting},
     [](RunOptions& o, Given v) { o.record_steps = static_cast<int64_t>(v.number); }},
    {{"--checkpoint", "keep the state of training here, to go on from", placeholders::file, nullptr, trains},
     [](RunOptions& o, Given v) { o.checkpoint = v.text; }},
    {{"--checkpoint-every", "10min, 5epochs or 1000steps; else each epoch, 30 s apart", placeholders::what, nullptr,
      trains},
     [](RunOptions& o, Given v) { o.every = every_of(v.text); }},
    {{"--resume", "go on from this checkpoint, and go on writing it", placeholders::file, nullptr, trains},
     [](RunOptions& o, Given v) { o.resume = v.text; }},
    {{"--threads",
      "threads that compute; results do not depend on it",
      placeholders::number,
      nullptr,
      runs_code,
      nullptr,
      {1, most_threads}},
     [](RunOptions& o, Given v) { o.threads = static_cast<int>(v.number); }},
    {{"--device", "auto, cpu, or one that `devices` lists", "DEVICE", nullptr, runs_code},
     [](RunOptions& o, Given v) { o.device = v.text; }},
    {{"--json", "print events as JSON Lines", nullptr, nullptr, gives_events},
     [](RunOptions& o, Given) { o.json = true; }},
    {{"--quiet", "print results only", nullptr, "-q", says_more}, [](RunOptions& o, Given) { o.quiet = true; }},
    {{"--no-progress", "do not show what takes long", nullptr, nullptr, shows_progress},
     [](RunOptions& o, Given) { o.progress = false; }},
};

/// The first option that was given only for a training, where there will be none; null if there is none.
const char* training_option(const CommandLine& line, const CommandForm& command) {
  for (const OptionRow<RunOptions>& row : option_rows)
    if (row.form.serves(command) && !(row.form.deeds & ~(trains | starts_anew | saves_weights)) &&
        line.has(row.form.name))
      return row.form.name;
  return nullptr;
}

}  // namespace

void take_run_options(CommandLine& line, RunOptions& options) { line.take(option_rows, options); }

void settle_together(const CommandLine& line, const CommandForm& command, RunOptions& options) {
  if (!options.resume.empty() && !options.from.empty())
    usage("--from gives weights to start with, --resume a training to go on with: leave one of them out");
  if (line.has("--checkpoint-every") && options.checkpoint.empty() && options.resume.empty())
    usage("--checkpoint-every says when --checkpoint FILE is written, which is not given");
  if (options.record_steps > 0 && options.record.empty() && options.tensorboard.empty())
    usage("--record-steps says what --record FOLDER or --tensorboard FOLDER keeps, and neither is given");
  const char* const training = options.weights.empty() ? nullptr : training_option(line, command);
  if (training)
    usage(std::string("--weights gives trained weights, ") + training + " is for training: leave one of them out");
  if (command.deeds & starts_anew && options.output.empty())
    usage(std::string(command.name) + " needs " + output_option + " " + placeholders::file);
  if (!options.answers.empty() && options.json)
    usage(std::string(output_option_too) + " writes the answers to a file, --json prints them: leave one of them out");
  if (!options.answers.empty()) AnswerFile{options.answers};  // whose ending must be one that is known
  if (!options.net.empty() && !options.values.empty())
    usage(std::string(net_option) + " asks a net inside of the trained one, " + value_option +
          " prints a value of the trained one: leave one of them out");
  if (options.checkpoint.empty()) options.checkpoint = options.resume;
}

RunOptions read_run_options(const std::vector<std::string>& arguments) {
  RunOptions options;
  CommandLine line(run_commands());
  take_run_options(line, options);
  line.read(arguments);
  const std::vector<std::string>& words = line.words();
  if (!words.empty()) options.command = words[0];
  options.help = line.asks_for_help();
  const CommandForm* const command = line.command(options.command);
  if (options.help || !command) return options;
  const size_t most = command->deeds & explains ? 2 : 1;
  if (words.size() > most) usage("`" + words[most] + "` is one word too many for `" + options.command + "`");
  line.settle(*command);
  if (words.size() > 1) options.topic = words[1];
  settle_together(line, *command, options);
  return options;
}

std::string run_help(const std::string& program, const std::string& command) {
  RunOptions options;
  CommandLine line(run_commands());
  take_run_options(line, options);
  const CommandForm* const only = line.command(command);
  std::string text = "usage: " + program + " " + (only ? command : "COMMAND") + " [options]\n\n";
  for (const CommandForm& row : run_commands()) {
    if (only && command != row.name) continue;
    std::string left = std::string("  ") + row.name;
    left.resize(22, ' ');
    text += left + row.doc + "\n";
  }
  return text + "\n" + line.help(only) + (only ? examples_of(*only, program, "") : "");
}

}  // namespace dnnc::runtime
