#pragma once
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/files/files.h"
#include "runtime/run/means.h"
#include "runtime/run/options.h"

namespace dnnc::runtime {

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
  bool sees(int64_t epoch, int64_t epochs) const;
  bool has_bar() const { return bar_; }
  /// Of its steps, `done` were made before, by a training that is resumed.
  void begin_epoch(int64_t epoch, int64_t epochs, int64_t steps, int64_t done);
  /// True at most twenty times a second, where there is a bar.
  bool wants_bar() const { return bar_ && bar_is_old(); }
  void draw_bar(int64_t done, double loss);
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
  void begin_run(const std::string& name) { run_ = name; }
  /// The run goes on in this epoch: the history keeps its lines of those before it, and all of other runs, however this ends.
  void resume_history(int64_t epoch);
  /// What it holds outlives a power cut.
  void sync_history();
  bool json() const { return json_; }

 private:
  bool bar_is_old() const;
  double steps_made() const { return static_cast<double>(std::max<int64_t>(1, steps_ - done_before_)); }
  /// The line of --json and of the history.
  std::string epoch_event(double training, double seconds, const Numbers& train, const Numbers& validation,
                          const std::optional<double>& rate_scale) const;
  void clear();

  bool json_, quiet_, bar_, unicode_;
  bool on_bar_ = false;  ///< something stands in the terminal's last line
  std::optional<OutputFile> history_;
  std::string run_;
  int64_t epoch_ = 0, epochs_ = 0, steps_ = 0, done_before_ = 0;
  std::chrono::steady_clock::time_point begin_, drawn_;
};

/// Time as a person reads it: `131.2 ns`, `4.027 ms`, `2:05 min`.
std::string duration(double seconds);
/// `0.0912`
std::string short_number(double value);

}  // namespace dnnc::runtime
