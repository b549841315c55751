#pragma once
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/files/files.h"
#include "runtime/files/streams.h"
#include "runtime/run/event_files.h"
#include "runtime/run/means.h"
#include "runtime/run/options.h"

namespace dnnc::runtime {

class Record;

/// What is said while a program runs: a bar on a terminal, plain lines elsewhere, JSON Lines with --json. Results go to
/// stdout, progress to stderr.
class Report {
 public:
  explicit Report(const RunOptions& options);
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;

  /// How far a long load is; on a terminal only.
  void loading(const std::string& what, int64_t done, int64_t all);
  /// Whether anybody reads what the epoch comes to. If not, end_epoch() need not be called for it.
  bool sees(int64_t epoch, int64_t epochs) const {
    return history_ || record_ || board_ || json_ || prints(epoch, epochs);
  }
  bool has_bar() const { return bar_; }
  /// Of its steps, each of so many examples, `done` were made before, by a training that is resumed.
  void begin_epoch(int64_t epoch, int64_t epochs, int64_t steps, int64_t batch, int64_t done);
  /// True at most twenty times a second, where there is a bar.
  bool wants_bar() const { return bar_ && passing_is_due(); }
  /// How far training is, and what its epoch has come to after so many steps.
  void draw_bar(int64_t done, const Numbers& numbers);
  /// `training` is the time of its steps, `seconds` also that of validation.
  /// `rate_scale`: what annealing multiplied its rates by; none where nothing anneals.
  void end_epoch(double training, double seconds, const Numbers& train, const Numbers& validation,
                 const std::optional<double>& rate_scale);
  /// Loss and metrics of a part: the event "test".
  void part(const std::string& run, DataPart part, const Numbers& numbers);
  /// The tables of a part whose numbers have been shown.
  void tables(DataPart part, const Numbers& numbers);
  void say(const std::string& text);    ///< to stdout, unless --json
  void event(const std::string& line);  ///< to stdout: an event_line()
  void note(const std::string& text);   ///< to stderr, unless --quiet
  /// Lines about what may be wrong, to stderr. Nothing of no lines.
  void warn(const std::string& text);
  /// What training has decided: beside the lines of epochs; of events, which are all that --json prints, to stderr.
  void decided(const std::string& text);
  /// Epochs are those of the run of that name from now on.
  /// `board`: the folder of its files of events; empty: there are none.
  void begin_run(const std::string& name, Record* record = nullptr, const std::string& board = "");
  /// What is recorded of this run; null: nothing.
  Record* record() const { return record_; }
  /// Whether a step of that number is recorded, and what its examples came to.
  bool records(int64_t step) const { return record_steps_ > 0 && step % record_steps_ == 0; }
  void end_step(int64_t step, const Numbers& numbers);
  /// The run goes on in this epoch, after so many steps: histories keep its lines of what was before, and all of other runs,
  /// however this ends.
  void resume_history(int64_t epoch, int64_t steps);
  /// What it holds outlives a power cut.
  void sync_history();
  bool json() const { return json_; }

 private:
  bool prints(int64_t epoch, int64_t epochs) const;  ///< a line of that epoch
  double steps_made() const { return static_cast<double>(std::max<int64_t>(1, steps_ - done_before_)); }
  /// The line of --json and of the history.
  std::string epoch_event(double training, double seconds, const Numbers& train, const Numbers& validation,
                          const std::optional<double>& rate_scale) const;
  /// Calls for the histories that are written.
  template <class Use>
  void each_history(Use use);

  bool json_, quiet_, bar_, unicode_;
  std::optional<OutputFile> history_;
  Record* record_ = nullptr;
  std::optional<EventFiles> board_;
  int64_t record_steps_;
  std::string run_;
  int64_t epoch_ = 0, epochs_ = 0, steps_ = 0, batch_ = 0, done_before_ = 0;
  int64_t made_before_ = -1;  ///< steps of the whole training when `run_begin_` was; below 0: it has not begun
  std::chrono::steady_clock::time_point begin_, run_begin_;
};

/// Time as a person reads it: `131.2 ns`, `4.027 ms`, `2:05 min`.
std::string duration(double seconds);
/// `0.0912`
std::string short_number(double value);

}  // namespace dnnc::runtime
