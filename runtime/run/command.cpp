#include "runtime/run/command.h"

#include <algorithm>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "runtime/data/dataset.h"
#include "runtime/files/files.h"
#include "runtime/files/streams.h"
#include "runtime/program/failure.h"
#include "runtime/program/interrupt.h"
#include "runtime/program/manifest_json.h"
#include "runtime/program/processor.h"
#include "runtime/program/threads.h"
#include "runtime/run/bench.h"
#include "runtime/run/checkpoint.h"
#include "runtime/run/choose_program.h"
#include "runtime/run/contracts.h"
#include "runtime/run/events.h"
#include "runtime/run/info.h"
#include "runtime/run/model_file.h"
#include "runtime/run/one_run.h"
#include "runtime/run/options.h"
#include "runtime/run/outputs.h"
#include "runtime/run/predict.h"
#include "runtime/run/questions.h"
#include "runtime/run/report.h"
#include "runtime/run/run_main.h"
#include "runtime/run/start.h"

// Null in a trainer that was linked without it.
extern "C" __attribute__((weak)) const dnnc::runtime::ProgramChooser dnnc_program_chooser;

namespace dnnc::runtime {
namespace {

using Runs = std::vector<Run>;

Run make_run(const Manifest& manifest, const RunOptions& options) {
  Run run;
  run.manifest = manifest;
  run.seed = options.seed.value_or(run.manifest.run.seed);
  if (!options.net.empty()) ask_net(run.manifest, options.net);
  run.epochs = options.epochs.value_or(run.manifest.run.epochs);
  return run;
}

/// Several runs have weights of their own, under the names that -o gives them.
void load_own_weights(Runs& runs, const RunOptions& options, Report& report) {
  for (Run& run : runs) {
    const std::string path = file_of(run, options.weights, runs.size());
    if (runs.size() > 1 && !file_exists(path))
      throw Failure(exit_input_output, shown(path) +
                                           ": there is no such file; of several runs each has weights of its " +
                                           "own, as -o names them, and --run " + run.manifest.run.name +
                                           " tests one with the file that is given");
    load_weights(run, path, report);
  }
}

int train_all(Runs& runs, const RunOptions& options, Report& report) {
  for (Run& run : runs) data_of(run, options, report);
  expect_outputs(runs, options);  // now that it is known which files the data are
  for (Run& run : runs)
    if (!train_run(run, options, runs.size(), report)) {
      if (!interrupted()) return exit_nobody_reads;
      report.note(interruption());
      return exit_code_of(interrupted());
    }
  return exit_done;
}

Run* find_run(Runs& runs, const std::string& name) {
  for (Run& run : runs)
    if (run.manifest.run.name == name) return &run;
  return nullptr;
}

/// The part of the data that "test.accuracy" is about.
std::optional<DataPart> part_named(const std::string& number) {
  return value_named<DataPart>(number.substr(0, std::min(number.find('.'), number.size())));
}

/// Of a run that is here: contracts about others are left out.
double number_of(Run& owner, const std::string& name, const RunOptions& options, Report& report) {
  const auto unknown = [&](const char* why) { return Failure(exit_wrong, "`" + name + "` is not known: " + why); };
  if (const std::optional<RunNumber> number = value_named<RunNumber>(name)) {
    if (const std::optional<int64_t> bytes = memory_number(owner.manifest, *number)) return static_cast<double>(*bytes);
    return owner.epoch_seconds ? *owner.epoch_seconds : throw unknown("nothing was trained");
  }
  const std::optional<DataPart> part = part_named(name);
  if (!part) throw std::logic_error("no number " + name);
  const DataSet& data = data_of(owner, options, report);
  if (data.part(*part).empty()) throw unknown("its part of the data is empty");
  const double* const number = find(numbers_of(owner, data, *part), name.substr(name.find('.') + 1));
  return number ? *number : throw std::logic_error("no number " + name);
}

/// The contracts about runs that are here; says which others are left out.
std::vector<Contract> own_contracts(Runs& runs, Report& report) {
  std::vector<Contract> own;
  for (const Contract& contract : runs.front().manifest.contracts) {
    std::string missing;
    for (const std::string& run : runs_of(contract))
      if (!find_run(runs, run)) missing += (missing.empty() ? "" : ", ") + run;
    if (missing.empty()) {
      own.push_back(contract);
      continue;
    }
    const std::string line = "skipped expect " + contract.text + "  (of run " + missing + ")\n";
    if (report.json()) report.note(line);
    else report.say(line);
  }
  return own;
}

/// Loads the data that the condition asks about: what is wrong with them is a fault, not a condition that does not hold.
void load_asked(Runs& runs, const ContractTerm& condition, const RunOptions& options, Report& report) {
  if (condition.kind == ContractTerm::Kind::Reference && part_named(condition.name))
    data_of(*find_run(runs, condition.run), options, report);
  for (const ContractTerm& term : condition.children) load_asked(runs, term, options, report);
}

/// Settles every contract about these runs and says which hold.
int settle(Runs& runs, const RunOptions& options, Report& report) {
  const ContractSource source = {[&](const std::string& run, const std::string& name) {
                                   return number_of(*find_run(runs, run), name, options, report);
                                 },
                                 [&](const std::string& run, const std::vector<double>& example) {
                                   Run& owner = *find_run(runs, run);
                                   return predict_one(*owner.machine, example, owner.seed);
                                 }};
  const std::vector<Contract> contracts = own_contracts(runs, report);
  for (const Contract& contract : contracts) load_asked(runs, contract.condition, options, report);
  int failed = 0;
  const Contract* contract = contracts.data();
  for (const ContractResult& result : settle_contracts(contracts, source)) {
    const std::string seen = result.seen.empty() ? "" : "  (" + result.seen + ")";
    const std::string event =
        options.record.empty() && !report.json()
            ? ""
            : event_line(Event::Expect, {{event_fields::text, result.text}, {event_fields::holds, result.holds}});
    for (const std::string& name : runs_of(*contract++))
      if (Record* const record = find_run(runs, name)->record.get()) record->result(event);
    if (report.json()) report.event(event);
    else
      report.say((result.holds ? "holds   expect " : "FAILED  expect ") + result.text + seen +
                 (result.holds ? "" : "  at " + shown(result.place)) + "\n");
    failed += !result.holds;
  }
  return failed ? exit_not_met : exit_done;
}

int command_train(Runs& runs, const RunOptions& options, Report& report) {
  const int code = train_all(runs, options, report);
  if (code == exit_done && options.output.empty() && options.checkpoint.empty())
    report.note("the weights are not saved: -o FILE says where to\n");
  return code;
}

int command_test(Runs& runs, const RunOptions& options, Report& report) {
  if (options.weights.empty()) {
    if (const int code = train_all(runs, options, report)) return code;
  } else {
    load_own_weights(runs, options, report);
  }
  return settle(runs, options, report);
}

int command_init(Runs& runs, const RunOptions& options, Report& report) {
  Run& run = runs.front();
  start_anew(run, options, report);
  expect_outputs(runs, options);  // now that it is known which files are read
  save(run, options, 1, report);
  return exit_done;
}

/// The runs are one, made for several targets.
int command_info(Runs& runs, const RunOptions&, Report& report) {
  for (const Run& run : runs)
    if (report.json()) report.event(info_json(run.manifest));
    else report.say(&run == &runs.front() ? info_text(run.manifest) : target_text(run.manifest));
  return exit_done;
}

int command_source(Runs& runs, const RunOptions&, Report& report) {
  const std::vector<SourceText>& sources = runs.front().manifest.sources;
  for (const SourceText& source : sources)
    if (report.json())
      report.event(event_line(Event::Source, {{event_fields::file, source.file}, {event_fields::text, source.text}}));
    else report.say((sources.size() > 1 ? "# " + shown(source.file) + "\n" : "") + source.text);
  return exit_done;
}

int command_bench(Runs& runs, const RunOptions& options, Report& report) {
  Run& run = runs.front();
  const DataSet& data = data_of(run, options, report);
  initialize(*run.machine, run.seed);
  fit(*run.machine, data, run.seed);
  const std::string kept = options.bench_record.empty() ? "" : bench_file(run, options.bench_record);
  const std::string event = bench(*run.machine, data, report);
  if (!kept.empty()) write_file(kept, event.data(), event.size());
  return exit_done;
}

int no_program(Runs&, const RunOptions& options, Report&) {
  throw std::logic_error(options.command + " is about no program");
}

/// A command: what is said of it, and what it is.
struct Command {
  RunCommand command;
  CommandForm form;
  int (*run)(Runs&, const RunOptions&, Report&);
  bool only_answers = false;  ///< it runs entries that answer and no others
};
constexpr Deeds runs = runs_code | gives_events | says_more | shows_progress;
constexpr Deeds trains_and_saves = runs | trains | saves_weights | reads_data;
constexpr Deeds uses_weights = runs | takes_weights | uses_part | reads_data;
constexpr Deeds says_of_program = gives_events | says_more;
constexpr Command commands[] = {
    {RunCommand::Run,
     {"run", "train, then check every `expect`", trains_and_saves | takes_weights, ".\n--epochs 20 -o w.safetensors"},
     command_test},
    {RunCommand::Train,
     {"train", "train, and save the weights with -o FILE", trains_and_saves,
      "-o w.safetensors\n--checkpoint c.safetensors --checkpoint-every 10min -o w.safetensors"},
     command_train},
    {RunCommand::Evaluate,
     {"evaluate", "loss and metrics of --weights FILE over --part", uses_weights,
      "--weights w.safetensors\n--weights w.safetensors --part train"},
     command_evaluate},
    {RunCommand::Predict,
     {"predict", "answers of --weights FILE to examples of --part or --input", uses_weights | answers,
      "--weights w.safetensors\n--weights w.safetensors --input 0,1\n--weights w.safetensors --input new.csv --json"},
     command_predict,
     true},
    {RunCommand::Test,
     {"test", "train (or take --weights) and check every `expect`", trains_and_saves | takes_weights,
      ".\n--weights w.safetensors"},
     command_test},
    {RunCommand::Bench,
     {word_of(Event::Bench), "time of a training step and of its kernels", runs | reads_data | measures,
      ".\n--threads 1\n--record FOLDER"},
     command_bench},
    {RunCommand::Init,
     {"init", "write initial weights to -o FILE", runs | starts_anew | saves_weights | reads_data,
      "--seed 7 -o start.safetensors"},
     command_init},
    {RunCommand::Info, {word_of(Event::Info), "parameters and memory", says_of_program}, command_info},
    {RunCommand::Source,
     {word_of(Event::Source), "the texts of the program and of what it imports", says_of_program},
     command_source},
    {RunCommand::Devices, {"devices", "what the program can run on: --device", lists_devices}, no_program},
    {RunCommand::Help, {"help", "what exit codes mean: help exit-codes", explains}, no_program},
};

constexpr size_t devices_row = 9;
static_assert(commands[devices_row].command == RunCommand::Devices);

const Command* find_command(const std::string& name) {
  for (const Command& command : commands)
    if (name == command.form.name) return &command;
  return nullptr;
}

/// No more than the command needs.
Machine::Memory memory_for(const Command& command, const Run& run) {
  Machine::Memory memory;
  for (const EntryInfo& entry : run.manifest.entries)
    if (command.only_answers && gives_answers(entry.kind)) memory.bytes = std::max(memory.bytes, entry.arena_bytes);
  return memory;
}

/// Before any of its code is run: what the processor does not have would end it by a signal.
void expect_processor(const Manifest& manifest) {
  const std::string missing = missing_instructions(features_in(manifest.machine.text));
  if (!missing.empty())
    throw Failure(exit_input_output,
                  manifest.file + " was compiled for processors with " + missing +
                      ", which this one does not have: compile it with --target avx2, or on this machine");
}

}  // namespace

CommandForm form_of(RunCommand wanted) { return std::ranges::find(commands, wanted, &Command::command)->form; }

std::vector<CommandForm> run_commands() {
  std::vector<CommandForm> forms;
  for (const Command& command : commands) forms.push_back(command.form);
  return forms;
}

ProgramRun program_run(const dnnc_program& program) {
  return {&program, manifest_from_json({program.manifest, program.manifest_bytes})};
}

int run_programs(const std::vector<ProgramRun>& programs, const RunOptions& options, const std::string* note) {
  const Command* const found = find_command(options.command);
  if (!found) throw std::logic_error("no command " + options.command);
  const Command& command = *found;
  const bool has_code = command.form.deeds & runs_code;
  if (has_code)
    for (const ProgramRun& program : programs) expect_processor(program.manifest);
  if (options.quiet) on_fewer_threads(nullptr);
  if (options.threads > 0) set_threads(options.threads);  // else as many as there are processors
  Runs runs;
  for (const ProgramRun& program : programs) runs.push_back(make_run(program.manifest, options));
  if (!options.data.empty() && !is_folder(options.data))
    throw Failure(exit_input_output, options.data + ": is no folder in which data could be");
  expect_outputs(runs, options);
  for (size_t i = 0; has_code && i < runs.size(); ++i)
    runs[i].machine = std::make_unique<Machine>(*programs[i].program, runs[i].manifest, memory_for(command, runs[i]));
  Report report(options);
  if (note) report.note(*note);
  return command.run(runs, options, report);
}

namespace {

/// Help where it is asked for, and where no command is given, or none that there is.
int give_help(const RunOptions& options, const Command* command) {
  const bool unknown = !options.help && !options.command.empty() && !command;
  const bool of_all = command && command->form.deeds & explains;
  const std::string text = (unknown ? no_command(options.command, run_commands()) + "\n\n" : "") +
                           run_help("PROGRAM", of_all ? "" : options.command);
  const bool asked = options.help || of_all;
  asked ? print(text) : tell(text);
  return asked ? exit_done : exit_usage;
}

/// Most trainers are made for one processor alone.
int run_made(const dnnc_program& program, const RunOptions& options) {
  const std::string& device = options.device;
  if (!device.empty() && device != device_words::any && device != device_words::processor)
    throw Failure(exit_usage, "--device " + device + ": this program has only code for cpu");
  if (options.command != commands[devices_row].form.name) return run_programs({program_run(program)}, options);
  print(processor_line());
  return exit_done;
}

int run_trainer(const dnnc_program& program, const std::vector<std::string>& arguments) {
  const RunOptions options = read_run_options(arguments);
  const Command* const command = find_command(options.command);
  if (options.help || !command) return give_help(options, command);
  if (!(command->form.deeds & explains)) {
    const ProgramChooser* const chooser = &dnnc_program_chooser;
    return chooser ? chooser->run(program, options, command->form) : run_made(program, options);
  }
  if (options.topic.empty()) return give_help(options, command);
  if (options.topic != exit_codes_topic)
    throw Failure(exit_usage, std::string("help knows ") + exit_codes_topic + ", and --help lists the commands");
  print(exit_codes_text());
  return exit_done;
}

}  // namespace

int trainer_main(const dnnc_program& program, int argc, char** argv) {
  const std::string name = argc > 0 ? argv[0] : "trainer";
  return run_main(name, "", [&] { return run_trainer(program, {argv + std::min(argc, 1), argv + argc}); });
}

}  // namespace dnnc::runtime
