#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "runtime/data/dataset.h"
#include "runtime/run/model_file.h"
#include "runtime/run/record.h"
#include "runtime/run/report.h"
#include "runtime/run/train.h"

namespace dnnc::runtime {

/// Weights that were read, and what is known of the data that they were trained on.
struct ReadWeights {
  std::string path;
  DataNames names;
};

/// One run of the program with its memory, its data once it is needed, and the numbers that contracts ask for.
struct Run {
  Manifest manifest;
  std::unique_ptr<Machine> machine;
  std::optional<DataSet> data;
  DataNames names;                      ///< of the data, or of those that loaded weights were trained on
  std::optional<ReadWeights> weights;   ///< of --weights
  std::optional<double> epoch_seconds;  ///< of its training, if it was trained
  std::map<DataPart, Numbers> numbers;  ///< of parts that were evaluated since the weights are what they are
  std::set<std::string> files;          ///< that were read as its data, where they are recorded
  std::unique_ptr<Record> record;       ///< of --record, once it is trained
  uint64_t seed = 0;                    ///< of the command line, else of the file
  int64_t epochs = 0;                   ///< likewise
};

/// Where the relative paths that a program names start: those of its data and of the weights that it starts from.
std::string program_folder(const Manifest& manifest, const RunOptions& options);
/// The files of weights that its training starts from.
std::vector<std::string> start_files(const Manifest& manifest, const std::string& folder);
LoadOptions load_options(const Manifest& manifest, const RunOptions& options, Report& report);
/// The data of a run, loaded when they are first asked for.
const DataSet& data_of(Run& run, const RunOptions& options, Report& report);

/// Reads weights into the run; warns where they were trained with other formulas.
ReadWeights read_weights(Run& run, const std::string& path, Missing missing, Report& report);

/// The weights that a training begins with: initial ones with statistics of the data, then those of --from or `start`.
void start_anew(Run& run, const RunOptions& options, Report& report);

/// What travels with its weights.
Metadata metadata_of(const Run& run);
/// With several runs each has a file of its own: `w.safetensors` becomes `w.fast.safetensors`.
std::string file_of(const Run& run, const std::string& file, size_t runs);
/// Saves the weights where -o wants them; does nothing without.
void save(Run& run, const RunOptions& options, size_t runs, Report& report);
/// Loss and metrics of the net as it is now over a part of the data, which is not empty: as after the last epoch of training.
/// Contracts get them from here too, so that they mean the same after training and with weights that were read.
const Numbers& numbers_of(Run& run, const DataSet& data, DataPart part);

/// Trains one of so many runs: from its initial weights, from those that are asked for, or on from a checkpoint. Saves
/// what it comes to, however it ends, and tests it. False if it was interrupted.
bool train_run(Run& run, const RunOptions& options, size_t runs, Report& report);

}  // namespace dnnc::runtime
