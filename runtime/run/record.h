#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "runtime/data/dataset.h"
#include "runtime/files/files.h"
#include "runtime/files/safetensors.h"
#include "runtime/program/machine.h"
#include "runtime/run/record_files.h"
#include "runtime/run/train_state.h"

/// What --record keeps of a training: compiler/docs/records.md.
namespace dnnc::runtime {

struct Run;
struct RunOptions;
class Report;

/// Where the record of a run is; of several runs each has a folder of its own inside. Empty where nothing is recorded.
std::string record_folder(const RunOptions& options, const std::string& run, size_t runs);

/// That one can be begun there or, where a training goes on, the one that is there is its own as far as is known; asked before
/// training. Throws Failure.
void expect_record(const Run& run, const RunOptions& options, size_t runs);

/// Where bench keeps what it says of the run: in the record of its training in that folder, which may hold those of several runs.
/// Throws Failure where it is none, or that of another training.
std::string bench_file(const Run& run, const std::string& folder);

/// The record of one training while that runs.
class Record {
 public:
  /// Makes the folder, or opens the record that is gone on with. The run must outlive it. Throws Failure.
  Record(const Run& run, const RunOptions& options, size_t runs);
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  OutputFile& history() { return *history_; }
  /// What is recorded of this epoch and of later ones goes.
  void resume(int64_t epoch);
  /// It is known what training begins with.
  void begin(const RunOptions& options, Report& report);
  /// The weights in the machine may be the best.
  void end_epoch(int64_t epoch, const Numbers& train, const Numbers& validation);
  /// The weights in the machine are the last ones so far.
  void keep_weights();
  /// The answers to the examples of a part, with the weights in the machine.
  void answer(Run& run, DataPart part, Report& report);
  /// An event of what training has come to.
  void result(const std::string& line);
  /// How it has ended, and why.
  void end(RecordState state, const std::string& why);

 private:
  struct KeptFile {
    const char *name, *file;
    int64_t epoch = 0;
    std::string sha256 = "";  ///< empty: there is none
  };
  std::string path(const char* file) const { return folder_ + "/" + file; }
  void read();
  void write(RecordState state, const std::string& why) const;
  void keep(KeptFile& kept, const std::vector<char>& bytes) const;
  void keep_best();
  std::vector<char> weights() const;

  const Run& run_;
  std::string folder_, key_, begun_;
  LoopRule rule_;
  Watch watch_{rule_};
  WatchState best_;
  KeptFile best_file_, last_file_;
  std::vector<char> best_bytes_;  ///< that are in no file
  double seconds_ = 0;            ///< of what was before
  std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
  std::string described_;           ///< members that do not change once training has begun
  DataPart part_ = DataPart::Test;  ///< whose examples were answered
  int64_t answers_ = -1;            ///< so many; below 0: nobody has asked
  std::string results_;
  std::optional<OutputFile> history_;
};

}  // namespace dnnc::runtime
