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
  std::string from;              ///< --from: weights to start with
  std::string weights;           ///< --weights: weights to evaluate or predict with
  std::string output;            ///< -o: where trained weights go
  std::optional<DataPart> part;  ///< --part train|validation|test
  std::string data;              ///< --data: folder in which the data's relative paths start
  std::string history;           ///< --history: JSON Lines of all epochs
  std::string checkpoint;        ///< --checkpoint: where the state of training goes; that of --resume if not given
  CheckpointEvery every;         ///< --checkpoint-every
  std::string resume;            ///< --resume: the checkpoint to go on from
  std::optional<int64_t> count;  ///< --count: the most examples that predict shows
  int threads = 0;               ///< --threads; 0: all processors
  std::vector<double> input;     ///< --input 0,1: one raw example to predict
  std::string input_path;        ///< --input FILE: raw examples to predict
  bool quiet = false;
  bool json = false;
  bool progress = true;
  bool help = false;
};

/// The commands of a trainer that run its code: those in which dnnc takes these options too.
extern const char* const running_commands;

/// Lets a command line store these options. With `commands` it has them only in these.
void take_run_options(CommandLine& line, RunOptions& options, const char* commands = nullptr);
/// What one option means for others. What is wrong with those that were given together is a Failure(exit_usage).
void settle_together(const CommandLine& line, RunOptions& options);

/// Reads the arguments after a trainer's name. Throws Failure(exit_usage) with a suggestion for a word it does not know. A
/// command that there is not is left to the caller.
RunOptions read_run_options(const std::vector<std::string>& arguments);

bool is_run_command(const std::string& word);
/// What a trainer's --help says: of all commands, or of the one that is named.
std::string run_help(const std::string& program, const std::string& command);

}  // namespace dnnc::runtime
