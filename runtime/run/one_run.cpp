#include "runtime/run/one_run.h"

#include <cstdlib>
#include <new>

#include "runtime/files/files.h"
#include "runtime/files/streams.h"
#include "runtime/program/failure.h"
#include "runtime/program/halide_runtime.h"
#include "runtime/program/interrupt.h"
#include "runtime/run/answers.h"
#include "runtime/run/evaluate.h"
#include "runtime/run/events.h"
#include "runtime/run/feed.h"
#include "runtime/run/finite_fields.h"
#include "runtime/run/start.h"
#include "runtime/run/start_weights.h"
#include "runtime/run/weights_fit.h"

extern "C" __attribute__((weak)) const dnnc::runtime::StartLoader dnnc_start;

namespace dnnc::runtime {

Metadata metadata_of(const Run& run) { return weights_metadata(run.manifest, run.names); }

std::string file_of(const Run& run, const std::string& file, size_t runs) {
  if (runs == 1 || file.empty()) return file;
  const size_t begin = file.rfind('/') + 1, dot = file.find_last_of("./");
  const bool ends =
      dot != file.npos && dot > begin && file.substr(begin) != "..";  // a name that begins with a point has no ending
  const size_t ending = ends ? dot : file.size();
  return file.substr(0, ending) + "." + run.manifest.run.name + file.substr(ending);
}

std::string program_folder(const Manifest& manifest, const RunOptions& options) {
  return options.data.empty() ? manifest.folder : options.data;
}

std::vector<std::string> start_files(const Manifest& manifest, const std::string& folder) {
  std::vector<std::string> files;
  for (const StartRule& rule : manifest.start) files.push_back(path_from(folder, rule.file));
  return files;
}

LoadOptions load_options(const Manifest& manifest, const RunOptions& options, Report& report) {
  const OwnFolder fetched = data_folder();
  return {program_folder(manifest, options), fetched.path,
          [&report](const std::string& what, int64_t done, int64_t all) { report.loading(what, done, all); },
          fetched.why_not};
}

namespace {

enum class Names { Inputs, All };

/// That columns and words of the data are those that the weights were trained on, and classes if all names are asked for.
void expect_names(const Run& run, const ReadWeights& weights, Names which) {
  const NameDifferences others = other_names(run.data->names, weights.names);
  const std::string lines = others.inputs + (which == Names::All ? others.classes : "");
  if (!lines.empty())
    throw Failure(exit_wrong, weights.path + ": these weights were trained on other data than `" +
                                  run.manifest.data.name + "` (" + run.manifest.data.source.place + ")\n" +
                                  lines.substr(0, lines.size() - 1));
}

}  // namespace

ReadWeights read_weights(Run& run, const std::string& path, Missing missing, Report& report) {
  const Metadata metadata = load_model(*run.machine, path, missing);
  const std::string others = other_formulas(run.manifest, metadata);
  if (!others.empty()) report.warn(shown(path) + ": these weights were trained with other formulas\n" + others);
  return {path, names_of(metadata)};
}

const DataSet& data_of(Run& run, const RunOptions& options, Report& report) {
  if (!run.data) {
    const CollectRead recorded(options.record.empty() ? nullptr : &run.files);
    run.data = load_data(run.manifest.data, load_options(run.manifest, options, report));
    if (run.weights) expect_names(run, *run.weights, Names::All);
    run.names = run.data->names;
    for (const std::string& note : run.data->notes) report.note(note + "\n");
  }
  return *run.data;
}

void save(Run& run, const RunOptions& options, size_t runs, Report& report) {
  if (options.output.empty()) return;
  const std::string path = file_of(run, options.output, runs);
  release_scratch();  // where memory is short, weights may take the place of what kernels keep
  save_model(*run.machine, metadata_of(run), path);
  report.note("saved " + shown(path) + "\n");
}

namespace {

/// What other classes have taught may be of use; where no data are read, their names go on with the weights.
void start_from(Run& run, const ReadWeights& weights, Report& report) {
  if (!run.data) {
    run.names = weights.names;
    return;
  }
  expect_names(run, weights, Names::Inputs);
  const std::string classes = other_names(run.data->names, weights.names).classes;
  if (!classes.empty()) report.warn(shown(weights.path) + ": these weights were trained on other classes\n" + classes);
}

}  // namespace

void start_anew(Run& run, const RunOptions& options, Report& report) {
  initialize(*run.machine, run.seed);
  if (run.machine->find(EntryKind::Fit)) fit(*run.machine, data_of(run, options, report), run.seed);
  if (!options.from.empty()) return start_from(run, read_weights(run, options.from, Missing::Fitted, report), report);
  if (run.manifest.start.empty()) return;
  const LoadedStart loaded = dnnc_start.load(*run.machine, program_folder(run.manifest, options));
  report.note(loaded.notes);
  report.warn(loaded.warnings);
}

namespace {

/// An axis as long as a result has classes is one of these.
Numbers with_names(const Run& run, const DataSet& data, Numbers numbers) {
  for (MetricTable& table : numbers.tables)
    for (const int64_t extent : table.shape) {
      std::vector<std::string>& names = table.names.emplace_back();
      for (const OutputInfo& output : run.manifest.outputs)
        if (names.empty() && output.head == Head::Class && output.classes == extent)
          names = class_names(run.manifest, output, data.names);
      names.resize(names.empty() ? 0 : static_cast<size_t>(extent));
    }
  return numbers;
}

}  // namespace

const Numbers& numbers_of(Run& run, const DataSet& data, DataPart part) {
  const auto known = run.numbers.find(part);
  if (known != run.numbers.end()) return known->second;
  expect_finite_fields(*run.machine, data, part, run.seed);
  Settings settings = settings_of(run.manifest, run.seed, run.epochs, data);
  settings.epoch = settings.epochs;
  return run.numbers[part] = with_names(run, data, evaluate(*run.machine, data, data.part(part), settings));
}

namespace {

/// What training goes on from: the weights that it starts with, or std::nullopt and the initial ones.
std::optional<TrainState> start_of(Run& run, const RunOptions& options, Checkpoints* checkpoints, size_t runs,
                                   Report& report) {
  if (!options.resume.empty() && can_resume(file_of(run, options.resume, runs), runs == 1)) {
    Resumed resumed = resume(run.manifest, checkpoints->key(), file_of(run, options.resume, runs), options.epochs);
    if (options.seed.value_or(resumed.state.seed) != resumed.state.seed)
      throw Failure(exit_usage, "--seed: the checkpoint goes on with its own, " + std::to_string(resumed.state.seed));
    if (!options.seed && run.manifest.run.seed != resumed.state.seed)
      resumed.notes += "note: it goes on with its own seed, " + std::to_string(resumed.state.seed) +
                       "; the program has " + std::to_string(run.manifest.run.seed) + "\n";
    if (resumed.from_old) checkpoints->drop_present();
    run.seed = resumed.state.seed;
    run.epochs = resumed.state.epochs;
    const int64_t steps = steps_of_epoch(run.machine->entry(EntryKind::Train).batch, *run.data);
    report.resume_history(resumed.state.epoch, (resumed.state.epoch - 1) * steps + resumed.state.step);
    report.note(resumed.notes);
    return std::move(resumed.state);
  }
  if (!options.resume.empty()) {
    report.note(shown(file_of(run, options.resume, runs)) + ": there is no such checkpoint: run " +
                run.manifest.run.name + " begins anew\n");
    report.resume_history(1, 0);  // what it wrote before it had one it writes again
  }
  start_anew(run, options, report);
  return std::nullopt;
}

/// A name beside the file that is free; empty where none is.
std::string name_of_kept(const std::string& path) {
  constexpr int most_names = 100;
  for (int number = 1; number <= most_names; ++number)
    if (const std::string name = path + ".kept" + (number > 1 ? std::to_string(number) : ""); !file_exists(name))
      return name;
  return "";
}

/// What training came to is not lost where its file cannot be replaced in the end: then it lies beside it. False if a signal
/// came while nobody read what is a pipe.
bool save_trained(Run& run, const RunOptions& options, size_t runs, Report& report) {
  const std::string path = file_of(run, options.output, runs);
  try {
    save(run, options, runs, report);
    return true;
  } catch (const Interrupted&) {
    tell("nothing is saved: nobody reads " + shown(path) + "\n");
    return false;
  } catch (const Failure& failure) {
    const std::string kept = failure.code() == exit_input_output ? name_of_kept(path) : "";
    if (kept.empty()) throw;
    try {
      save_model(*run.machine, metadata_of(run), kept);
    } catch (const Failure&) {
      throw failure;
    }
    throw Failure(failure.code(), std::string(failure.what()) + "\nhelp: the weights are in " + kept);
  }
}

/// Saves what training came to before it failed, if it can be used. That it cannot be saved does not hide why training
/// failed.
void rescue(Run& run, const RunOptions& options, size_t runs, Report& report) {
  if (options.output.empty()) return;
  try {
    const Tensor* found = run.machine->tensor_not_finite();
    if (!found || found->role == InputRole::OptimizerState) {
      save_trained(run, options, runs, report);
      return;
    }
    tell("nothing is saved: " + found->path + " has numbers that are not finite\n");
  } catch (const Failure& failure) {
    tell(std::string(failure.what()) + "\n");
  } catch (const std::bad_alloc&) {
    tell(shown(file_of(run, options.output, runs)) + ": not enough memory to save the weights\n");
  }
}

}  // namespace

namespace {

void record_results(Run& run, DataPart part, const Numbers& numbers, Report& report) {
  if (!run.record) return;
  run.record->result(part_event(run.manifest.run.name, part, numbers));
  run.record->answer(run, part, report);
}

/// Before anything can be lost: a signal ends the process at once, whatever a driver is at.
void prepare(Machine& machine) {
  for (const EntryInfo& entry : machine.manifest().entries)
    if (entry.kind != EntryKind::Predict) machine.prepare(entry);
}

}  // namespace

namespace {

/// False if it was interrupted. Beside what train_run() says it goes into the record.
bool train_and_test(Run& run, const RunOptions& options, size_t runs, Report& report) {
  const std::string checkpoint = file_of(run, options.checkpoint, runs);
  const DataSet& data = data_of(run, options, report);
  std::optional<Checkpoints> checkpoints;
  if (!checkpoint.empty()) checkpoints.emplace(run.manifest, data, checkpoint, options.every);
  prepare(*run.machine);
  const InterruptGuard until_it_is_saved;
  Checkpoints* const writes = checkpoints ? &*checkpoints : nullptr;
  const std::optional<TrainState> start = start_of(run, options, writes, runs, report);
  if (run.record) run.record->begin(options, report);
  for (const auto& [part, word] : words<DataPart>) expect_finite_fields(*run.machine, data, part, run.seed);
  TrainResult result;
  try {
    result = train(*run.machine, data, options, report, {start ? &*start : nullptr, writes});
  } catch (const HalfStored&) {
    if (!options.output.empty()) tell("nothing is saved: some weights are already those of the step that failed\n");
    throw;
  } catch (const Failure&) {
    rescue(run, options, runs, report);
    throw;
  } catch (const std::bad_alloc&) {
    rescue(run, options, runs, report);
    throw;
  }
  if (!save_trained(run, options, runs, report)) return false;
  if (interrupted() && !checkpoint.empty() && result.checkpointed)
    report.note("kept " + shown(checkpoint) + ": --resume " + shown(options.checkpoint) + " goes on\n");
  run.numbers.clear();
  run.epoch_seconds = result.seconds_per_epoch;
  if (!result.ended) return false;
  if (data.test.empty()) {
    const bool validated = !data.validation.empty();
    const DataPart part = validated ? DataPart::Validation : DataPart::Train;
    const Numbers numbers = with_names(run, data, validated ? result.validation : result.train);
    report.tables(part, numbers);
    record_results(run, part, numbers, report);
    return true;
  }
  try {
    const Numbers& numbers = numbers_of(run, data, DataPart::Test);
    report.part(run.manifest.run.name, DataPart::Test, numbers);
    record_results(run, DataPart::Test, numbers, report);
  } catch (const Interrupted&) {
    return false;
  }
  return true;
}

/// What it failed with comes first, whatever becomes of the record.
void record_failure(Run& run, const char* why) {
  if (!run.record) return;
  try {
    run.record->end(RecordState::Failed, why);
  } catch (const Failure&) {
  }
}

}  // namespace

bool train_run(Run& run, const RunOptions& options, size_t runs, Report& report) {
  data_of(run, options, report);
  if (!options.record.empty()) run.record = std::make_unique<Record>(run, options, runs);
  if (runs > 1) report.say("run " + run.manifest.run.name + "\n");
  const std::string& board = options.tensorboard;
  report.begin_run(run.manifest.run.name, run.record.get(),
                   board.empty() || runs == 1 ? board : board + "/" + run.manifest.run.name);
  try {
    const bool done = train_and_test(run, options, runs, report);
    if (!run.record) return done;
    const std::string why = done ? "" : interrupted() ? interruption() : "nobody reads what is printed\n";
    run.record->end(done ? RecordState::Done : RecordState::Interrupted, why.substr(0, why.find('\n')));
    return done;
  } catch (const Failure& failure) {
    record_failure(run, failure.what());
    throw;
  }
}

}  // namespace dnnc::runtime
