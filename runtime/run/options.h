#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/program/roles.h"
#include "runtime/run/command_line.h"

namespace dnnc::runtime {

/// When a checkpoint is written, beside the end of training: after so many steps or epochs, or when so many seconds have
/// gone by, at the end of an epoch or after any step.
struct CheckpointEvery {
  int64_t steps = 0, epochs = 0;  ///< 0: not counted
  double seconds = 30;
  bool at_epochs = true;  ///< only where an epoch ends
};

/// What a trainer and dnnc take after the command: `train --epochs 3 -o w.safetensors`.
struct RunOptions {
  std::string command;
  std::string topic;  ///< of `help`
  std::optional<int64_t> epochs;
  std::optional<uint64_t> seed;
  std::string from;                 ///< --from: weights to start with
  std::string weights;              ///< --weights: weights to evaluate or predict with
  std::string output;               ///< -o: where trained weights go
  std::optional<DataPart> part;     ///< --part train|validation|test
  std::string data;                 ///< --data: folder in which the data's relative paths start
  std::string history;              ///< --history: JSON Lines of all epochs
  std::string record;               ///< --record: the folder of what the training was and came to
  std::string bench_record;         ///< --record of bench: the record to which it adds what it says
  std::string tensorboard;          ///< --tensorboard: the folder of event files
  int64_t record_steps = 0;         ///< --record-steps: so many from one line to the next; 0: no lines of steps
  std::string checkpoint;           ///< --checkpoint: where the state of training goes; that of --resume if not given
  CheckpointEvery every;            ///< --checkpoint-every
  std::string resume;               ///< --resume: the checkpoint to go on from
  std::optional<int64_t> count;     ///< --count: the most examples that predict shows
  int threads = 0;                  ///< --threads; 0: all processors
  std::string device;               ///< --device: see choose_device.h
  std::vector<double> input;        ///< --input 0,1: one raw example to predict
  std::string input_path;           ///< --input FILE: raw examples to predict
  std::vector<std::string> values;  ///< --value: paths of what predict prints in place of the answers
  std::string net;                  ///< --net: a net inside the trained one that answers in its place
  std::string answers;              ///< --output of predict: where the answers go
  bool quiet = false;
  bool json = false;
  bool progress = true;
  bool help = false;
};

/// What commands of trainers do, and those of dnnc that take the same options.
enum RunDeed : Deeds {
  trains = 1u << 0,
  starts_anew = 1u << 1,    ///< makes initial weights and nothing else
  saves_weights = 1u << 2,  ///< with -o
  takes_weights = 1u << 3,  ///< with --weights
  uses_part = 1u << 4,      ///< of the data, with --part
  answers = 1u << 5,        ///< about examples
  reads_data = 1u << 6,
  runs_code = 1u << 7,     ///< that was compiled
  gives_events = 1u << 8,  ///< with --json
  says_more = 1u << 9,     ///< than its results, unless --quiet
  shows_progress = 1u << 10,
  explains = 1u << 11,  ///< what trainers and dnnc do, and nothing of a program
  lists_devices = 1u << 12,
  measures = 1u << 13,
};
inline constexpr int run_deeds = 14;  ///< bits from there on are free

inline constexpr const char *value_option = "--value", *net_option = "--net";
/// What stands for the weights, the program or the answers that a command writes.
inline constexpr const char *output_option = "-o", *output_option_too = "--output";

/// The commands of trainers. dnnc has some of them too.
enum class RunCommand : uint8_t { Run, Train, Evaluate, Predict, Test, Bench, Init, Info, Source, Devices, Help };
CommandForm form_of(RunCommand command);
/// All of them, in the order of the help.
std::vector<CommandForm> run_commands();

/// Lets a command line store these options.
void take_run_options(CommandLine& line, RunOptions& options);
/// What one option means for others. What is wrong with those that were given together is a Failure(exit_usage).
void settle_together(const CommandLine& line, const CommandForm& command, RunOptions& options);

/// Reads the arguments after a trainer's name. Throws Failure(exit_usage) with a suggestion for a word it does not know. A
/// command that there is not is left to the caller.
RunOptions read_run_options(const std::vector<std::string>& arguments);

/// What a trainer's --help says: of all commands, or of the one that is named.
std::string run_help(const std::string& program, const std::string& command);

}  // namespace dnnc::runtime
