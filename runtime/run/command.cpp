#include "runtime/run/command.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "runtime/data/dataset.h"
#include "runtime/data/inputs.h"
#include "runtime/files/files.h"
#include "runtime/files/streams.h"
#include "runtime/program/failure.h"
#include "runtime/program/manifest_json.h"
#include "runtime/program/threads.h"
#include "runtime/run/bench.h"
#include "runtime/run/contracts.h"
#include "runtime/run/model_file.h"
#include "runtime/run/options.h"
#include "runtime/run/predict.h"
#include "runtime/run/report.h"
#include "runtime/run/run_main.h"
#include "runtime/run/start.h"
#include "runtime/run/train.h"

namespace dnnc::runtime {
namespace {

/// One run of the program with its memory, its data once it is needed, and the numbers that contracts ask for.
struct Run {
  Manifest manifest;
  std::unique_ptr<Machine> machine;
  std::optional<DataSet> data;
  DataNames names;     ///< of the data, or of those that loaded weights were trained on
  Numbers numbers;     ///< "test.accuracy", "time.epoch"
  uint64_t seed = 0;   ///< of the command line, else of the file
  int64_t epochs = 0;  ///< likewise
};

using Runs = std::vector<Run>;

constexpr int64_t shown_examples = 5;  ///< of a part, unless --count says otherwise

Run make_run(const Manifest& manifest, const RunOptions& options) {
  Run run;
  run.manifest = manifest;
  run.seed = options.seed.value_or(run.manifest.run.seed);
  run.epochs = options.epochs.value_or(run.manifest.run.epochs);
  return run;
}

LoadOptions load_options(const Manifest& manifest, const RunOptions& options, Report& report) {
  const OwnFolder fetched = data_folder();
  return {!options.data.empty() ? options.data : manifest.folder, fetched.path,
          [&report](const std::string& what, int64_t done, int64_t all) { report.loading(what, done, all); },
          fetched.why_not};
}

const DataSet& data_of(Run& run, const RunOptions& options, Report& report) {
  if (!run.data) {
    run.data = load_data(run.manifest.data, load_options(run.manifest, options, report));
    run.names = run.data->names;
  }
  return *run.data;
}

Metadata metadata_of(const Run& run) {
  Metadata metadata = {{"hash", run.manifest.hash}, {"net", run.manifest.run.net}};
  metadata.merge(metadata_of(run.names));
  return metadata;
}

/// With several runs each has a file of its own: `w.safetensors` becomes `w.fast.safetensors`.
std::string output_of(const Run& run, const RunOptions& options, size_t runs) {
  if (runs == 1) return options.output;
  std::filesystem::path path = options.output;
  const std::string ending = path.extension();
  return path.replace_extension(run.manifest.run.name + ending);
}

void save(Run& run, const RunOptions& options, size_t runs, Report& report) {
  if (options.output.empty()) return;
  const std::string path = output_of(run, options, runs);
  save_model(*run.machine, metadata_of(run), path);
  report.note("saved " + path + "\n");
}

void load_weights(Run& run, const std::string& path) { run.names = names_of(load_model(*run.machine, path)); }

void remember(Run& run, const std::string& part, const Numbers& numbers) {
  for (const auto& [name, value] : numbers) run.numbers.emplace_back(part + "." + name, value);
}

/// Initial weights, fitted values, training; gives false if it was interrupted.
bool train_run(Run& run, const RunOptions& options, size_t runs, Report& report) {
  if (!options.output.empty()) expect_writable(output_of(run, options, runs));
  const DataSet& data = data_of(run, options, report);
  initialize(*run.machine, run.seed);
  fit(*run.machine, data);
  if (!run.manifest.run.start.empty()) load_model(*run.machine, run.manifest.run.start, true);
  if (!options.from.empty()) load_model(*run.machine, options.from);
  if (runs > 1) report.say("run " + run.manifest.run.name + "\n");
  TrainResult result;
  try {
    result = train(*run.machine, data, options, report);
  } catch (const Failure&) {
    save(run, options, runs, report);
    throw;
  }
  save(run, options, runs, report);
  remember(run, "train", result.train);
  remember(run, "validation", result.validation);
  run.numbers.emplace_back("time.epoch", result.seconds_per_epoch);
  if (!result.interrupted && !data.test.empty()) {
    const Numbers test = evaluate(*run.machine, data, data.test, result.settings);
    remember(run, "test", test);
    report.part(run.manifest.run.name, "test", test);
  }
  return !result.interrupted;
}

int train_all(Runs& runs, const RunOptions& options, Report& report) {
  for (Run& run : runs)
    if (!train_run(run, options, runs.size(), report)) {
      report.note("interrupted\n");
      return exit_interrupted;
    }
  return exit_done;
}

Run& run_named(Runs& runs, const std::string& name) {
  for (Run& run : runs)
    if (run.manifest.run.name == name) return run;
  throw Failure(exit_usage, "this program does not have the run `" + name + "`");
}

double number_of(Runs& runs, const std::string& run, const std::string& name) {
  Run& owner = run_named(runs, run);
  if (const std::optional<int64_t> bytes = memory_number(owner.manifest, name)) return static_cast<double>(*bytes);
  if (const double* number = find(owner.numbers, name)) return *number;
  throw Failure(exit_wrong, "`" + name + "` is not known: its part of the data is empty");
}

/// Settles every contract and says which hold.
int settle(Runs& runs, Report& report) {
  const ContractSource source = {
      [&](const std::string& run, const std::string& name) { return number_of(runs, run, name); },
      [&](const std::string& run, const std::vector<double>& example) {
        Run& owner = run_named(runs, run);
        return predict_one(*owner.machine, example, owner.seed);
      }};
  int failed = 0;
  for (const ContractResult& result : settle_contracts(runs.front().manifest.contracts, source)) {
    const std::string seen = result.seen.empty() ? "" : "  (" + result.seen + ")";
    if (report.json())
      report.event("{\"event\":\"expect\",\"schema\":1,\"text\":" + json_string(result.text) +
                   ",\"holds\":" + (result.holds ? "true" : "false") + "}\n");
    else
      report.say((result.holds ? "holds   expect " : "FAILED  expect ") + result.text + seen +
                 (result.holds ? "" : "  at " + result.place) + "\n");
    failed += !result.holds;
  }
  return failed ? exit_not_met : exit_done;
}

void need_weights(const RunOptions& options) {
  if (options.weights.empty()) throw Failure(exit_usage, options.command + " needs --weights FILE");
}

/// With loaded weights, as after the last epoch of training.
Numbers evaluate_part(Run& run, const DataSet& data, const std::string& part) {
  Settings settings = settings_of(run.manifest, run.seed, run.epochs, data);
  settings.epoch = settings.epochs;
  return evaluate(*run.machine, data, data.part(part), settings);
}

int command_train(Runs& runs, const RunOptions& options, Report& report) { return train_all(runs, options, report); }

int command_test(Runs& runs, const RunOptions& options, Report& report) {
  if (options.weights.empty()) {
    if (const int code = train_all(runs, options, report)) return code;
  } else {
    for (Run& run : runs) {
      load_weights(run, options.weights);
      const DataSet& data = data_of(run, options, report);
      for (const char* part : {"train", "validation", "test"})
        if (!data.part(part).empty()) remember(run, part, evaluate_part(run, data, part));
    }
  }
  return settle(runs, report);
}

/// "train, validation": for messages.
std::string parts_of(const DataSet& data) {
  std::string parts;
  for (const char* part : {"train", "validation", "test"})
    if (!data.part(part).empty()) parts += (parts.empty() ? "" : ", ") + std::string(part);
  return parts;
}

int command_evaluate(Runs& runs, const RunOptions& options, Report& report) {
  need_weights(options);
  Run& run = runs.front();
  load_weights(run, options.weights);
  const DataSet& data = data_of(run, options, report);
  const std::string part = options.part.empty() ? "test" : options.part;
  if (data.part(part).empty())
    throw Failure(exit_wrong, run.manifest.file + ": the data has no part `" + part + "`; it has: " + parts_of(data));
  report.part(run.manifest.run.name, part, evaluate_part(run, data, part));
  return exit_done;
}

/// The answers to all examples of --input FILE.
void predict_file(Run& run, const RunOptions& options, Report& report) {
  const LoadOptions load = load_options(run.manifest, options, report);
  const DataSet data =
      load_inputs(options.input_path, {input_fields(run.manifest.data), run.manifest.data.target, run.names, load});
  predict_part(*run.machine, data, data.test, options.count.value_or(data.examples), run.seed, report);
}

int command_predict(Runs& runs, const RunOptions& options, Report& report) {
  need_weights(options);
  Run& run = runs.front();
  load_weights(run, options.weights);
  const bool from_file = !options.input_path.empty();
  if (!options.part.empty() && (from_file || !options.input.empty()))
    throw Failure(exit_usage, "--input gives other examples than those of --part: leave one of them out");
  if (from_file) {
    predict_file(run, options, report);
    return exit_done;
  }
  if (!options.input.empty()) {
    predict_one(*run.machine, options.input, run.seed);
    const std::string text = predict_text(*run.machine, run.names.classes, 0, options.json) + "\n";
    if (options.json) report.event(text);
    else report.say(text);
    return exit_done;
  }
  const DataSet& data = data_of(run, options, report);
  const std::string part = !options.part.empty() ? options.part : data.test.empty() ? "train" : "test";
  predict_part(*run.machine, data, data.part(part), options.count.value_or(shown_examples), run.seed, report);
  return exit_done;
}

int command_init(Runs& runs, const RunOptions& options, Report& report) {
  Run& run = runs.front();
  initialize(*run.machine, run.seed);
  save(run, options, 1, report);
  return exit_done;
}

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

int command_info(Runs& runs, const RunOptions&, Report& report) {
  for (const Run& run : runs) {
    int64_t parameters = 0;
    for (const Tensor& tensor : run.manifest.tensors)
      if (tensor.role == InputRole::Parameter) {
        report.say(tensor.path + "  " + shape_text(tensor.shape) + "\n");
        parameters += tensor.count();
      }
    report.say(std::to_string(parameters) + " parameters, " + std::to_string(run.manifest.arena_bytes) +
               " bytes of memory, batch " + std::to_string(run.manifest.run.batch) + ", target " +
               run.manifest.machine.name + "\ncompiled for " + run.manifest.machine.text + "\n");
  }
  return exit_done;
}

int command_source(Runs& runs, const RunOptions&, Report& report) {
  report.say(runs.front().manifest.source);
  return exit_done;
}

int command_bench(Runs& runs, const RunOptions& options, Report& report) {
  Run& run = runs.front();
  const DataSet& data = data_of(run, options, report);
  initialize(*run.machine, run.seed);
  fit(*run.machine, data);
  bench(*run.machine, data, report);
  return exit_done;
}

struct Command {
  const char* name;
  const char* doc;
  int (*run)(Runs&, const RunOptions&, Report&);
  std::optional<EntryKind> only = std::nullopt;  ///< the entry that it runs and no other
};
constexpr Command commands[] = {
    {"train", "train, and save the weights with -o FILE", command_train},
    {"evaluate", "loss and metrics of --weights FILE over --part", command_evaluate},
    {"predict", "answers of --weights FILE to examples of --part or --input", command_predict, EntryKind::Predict},
    {"test", "train (or take --weights) and check every `expect`", command_test},
    {"info", "parameters and memory", command_info},
    {"source", "the program's text", command_source},
    {"init", "write initial weights to -o FILE", command_init},
    {"bench", "time of a training step and of its kernels", command_bench},
    {"run", "train, then check every `expect`", command_test},
};

const Command* find_command(const std::string& name) {
  for (const Command& command : commands)
    if (name == command.name) return &command;
  return nullptr;
}

std::string help(const std::string& program) {
  std::string text = "usage: " + program + " COMMAND [options]\n\n" + run_options_help() + "\ncommands:\n";
  for (const Command& command : commands) {
    std::string left = std::string("  ") + command.name;
    left.resize(22, ' ');
    text += left + command.doc + "\n";
  }
  return text;
}

/// No more than the command needs.
Machine::Memory memory_for(const Command& command, const Run& run) {
  for (const EntryInfo& entry : run.manifest.entries)
    if (command.only && entry.kind == command.only) return {.bytes = entry.arena_bytes};
  return {};
}

}  // namespace

ProgramRun program_run(const dnnc_program& program) {
  return {&program, manifest_from_json({program.manifest, program.manifest_bytes})};
}

int run_programs(const std::vector<ProgramRun>& programs, const std::vector<std::string>& arguments) {
  const RunOptions options = read_run_options(arguments);
  const Command* command = find_command(options.command);
  if (options.help || !command) {
    const bool unknown = !options.help && !options.command.empty();
    const std::string text = (unknown ? "there is no command `" + options.command + "`\n\n" : "") + help("PROGRAM");
    options.help ? print(text) : tell(text);
    return options.help ? exit_done : exit_usage;
  }
  if (options.threads > 0) set_threads(options.threads);  // else as many as there are processors
  Runs runs;
  for (const ProgramRun& program : programs) runs.push_back(make_run(program.manifest, options));
  for (size_t i = 0; i < runs.size(); ++i)
    runs[i].machine = std::make_unique<Machine>(*programs[i].program, runs[i].manifest, memory_for(*command, runs[i]));
  Report report(options);
  return command->run(runs, options, report);
}

int trainer_main(const dnnc_program& program, int argc, char** argv) {
  const std::string name = argc > 0 ? argv[0] : "trainer";
  return run_main(name, "",
                  [&] { return run_programs({program_run(program)}, {argv + std::min(argc, 1), argv + argc}); });
}

}  // namespace dnnc::runtime
