#include "runtime/run/report.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>

#include "runtime/files/streams.h"
#include "runtime/run/events.h"
#include "runtime/run/history.h"
#include "runtime/run/record.h"
#include "runtime/run/table_lines.h"

namespace dnnc::runtime {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int bar_width = 24;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

bool utf8_locale() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(name);
    if (value && *value) return std::strstr(value, "UTF-8") || std::strstr(value, "utf8");
  }
  return false;
}

std::string listed(const Numbers& numbers, const std::string& prefix) {
  std::string text;
  for (const auto& [name, value] : numbers) text += "  " + prefix + name + " " + short_number(value);
  return text;
}

}  // namespace

std::string duration(double seconds) {
  char text[32];
  if (seconds < 1e-6) std::snprintf(text, sizeof text, "%.4g ns", seconds * 1e9);
  else if (seconds < 1e-3) std::snprintf(text, sizeof text, "%.4g us", seconds * 1e6);
  else if (seconds < 1) std::snprintf(text, sizeof text, "%.4g ms", seconds * 1e3);
  else if (seconds < 100) std::snprintf(text, sizeof text, "%.1f s", seconds);
  else std::snprintf(text, sizeof text, "%d:%02d min", static_cast<int>(seconds) / 60, static_cast<int>(seconds) % 60);
  return text;
}

std::string short_number(double value) {
  if (std::isnan(value)) return "nan";
  char text[32];
  std::snprintf(text, sizeof text, std::fabs(value) < 0.001 && value != 0 ? "%.3g" : "%.4f", value);
  return text;
}

Report::Report(const RunOptions& options)
    : json_(options.json),
      quiet_(options.quiet),
      bar_(false),
      unicode_(utf8_locale()),
      record_steps_(options.record_steps) {
  bar_ = options.progress && !quiet_ && !json_ && draws_on_terminal();
  if (!options.history.empty()) history_.emplace(options.history);
}

template <class Use>
void Report::each_history(Use use) {
  if (history_) use(*history_);
  if (record_) use(record_->history());
}

void Report::begin_run(const std::string& name, Record* record, const std::string& board) {
  run_ = name;
  record_ = record;
  made_before_ = -1;
  board_.reset();
  if (!board.empty()) board_.emplace(board);
}

void Report::sync_history() {
  each_history([](OutputFile& history) { history.sync(); });
}

/// Lines that the resumed training will write again go, and those that are not whole. What others have written stays.
void Report::resume_history(int64_t epoch, int64_t steps) {
  each_history([&](OutputFile& history) { history.become(history_before(history.text(), run_, epoch, steps)); });
  if (record_) record_->resume(epoch);
  if (board_) board_->resume(steps);
}

void Report::loading(const std::string& what, int64_t done, int64_t all) {
  if (bar_) draw_passing(done < all ? what + " " + std::to_string(done) + "/" + std::to_string(all) : "");
}

void Report::begin_epoch(int64_t epoch, int64_t epochs, int64_t steps, int64_t batch, int64_t done) {
  done_before_ = done;
  epoch_ = epoch;
  epochs_ = epochs;
  steps_ = steps;
  batch_ = batch;
  begin_ = Clock::now();
  if (made_before_ >= 0) return;
  made_before_ = (epoch - 1) * steps + done;
  run_begin_ = begin_;
}

/// The bar takes what is left of the line.
void Report::draw_bar(int64_t done, const Numbers& numbers) {
  const auto here = static_cast<double>(done - done_before_), made = static_cast<double>((epoch_ - 1) * steps_ + done);
  const double left = seconds_since(run_begin_) / (made - static_cast<double>(made_before_)) *
                      (static_cast<double>(epochs_ * steps_) - made);
  char rate[32];
  std::snprintf(rate, sizeof rate, "  %.0f/s", here * static_cast<double>(batch_) / seconds_since(begin_));
  const std::string before = "epoch " + std::to_string(epoch_) + "/" + std::to_string(epochs_) + "  " +
                             std::to_string(done) + "/" + std::to_string(steps_);
  const std::string behind = "  " + duration(left) + " left" + listed(numbers, "") + rate;
  const auto room = static_cast<int>(terminal_size().columns) - static_cast<int>(before.size() + behind.size()) - 2;
  constexpr int least_width = 4;
  const int width = std::min(room, bar_width), filled = static_cast<int>(width * done / steps_);
  std::string bar = width < least_width ? "" : " ";
  for (int i = 0; width >= least_width && i < width; ++i)
    bar += i < filled ? (unicode_ ? "━" : "=") : (unicode_ ? "─" : "-");
  draw_passing(before + bar + behind);
}

std::string Report::epoch_event(double training, double seconds, const Numbers& train, const Numbers& validation,
                                const std::optional<double>& rate_scale) const {
  nlohmann::json fields = {{event_fields::run, run_},
                           {event_fields::epoch, epoch_},
                           {event_fields::epochs, epochs_},
                           {event_fields::seconds, json_number(seconds)},
                           {event_fields::step_seconds, json_number(training / steps_made())}};
  if (!validation.empty()) fields[event_fields::validation] = json_numbers(validation);
  if (rate_scale) fields[event_fields::rate_scale] = json_number(*rate_scale);
  add_numbers(fields, DataPart::Train, train);
  return event_line(Event::Epoch, std::move(fields));
}

/// Tiny networks train thousands of epochs in the time that it takes to write them down: a run of many epochs says where it
/// is, not everything that it did.
bool Report::prints(int64_t epoch, int64_t epochs) const {
  return !quiet_ && (epochs <= 100 || epoch == 1 || epoch == epochs || epoch % ((epochs + 19) / 20) == 0);
}

void Report::end_epoch(double training, double seconds, const Numbers& train, const Numbers& validation,
                       const std::optional<double>& rate_scale) {
  const bool event = history_ || record_ || json_;
  const std::string line = event ? epoch_event(training, seconds, train, validation, rate_scale) : "";
  each_history([&](OutputFile& history) { history.write(line); });
  if (board_) {
    board_->add(DataPart::Train, epoch_ * steps_, train);
    board_->add(DataPart::Validation, epoch_ * steps_, validation);
  }
  if (!json_ && !prints(epoch_, epochs_)) return;
  if (json_) return print(line);
  const bool annealed = rate_scale && *rate_scale != 1;
  print("epoch " + std::to_string(epoch_) + "/" + std::to_string(epochs_) + "  " + duration(seconds) + "  " +
        duration(training / steps_made()) + "/step" + listed(train, "") + listed(validation, "validation.") +
        (annealed ? "  rate x " + short_number(*rate_scale) : "") + "\n");
}

void Report::end_step(int64_t step, const Numbers& numbers) {
  if (board_) board_->add(DataPart::Train, step, numbers, "step/");
  if (!record_) return;
  nlohmann::json fields = {{event_fields::run, run_}, {event_fields::epoch, epoch_}, {event_fields::step, step}};
  add_numbers(fields, DataPart::Train, numbers);
  record_->history().write(event_line(Event::Step, std::move(fields)));
}

void Report::part(const std::string& run, DataPart part, const Numbers& numbers) {
  if (json_) return print(part_event(run, part, numbers));
  print(word_of(part) + listed(numbers, "") + "\n");
  tables(part, numbers);
}

void Report::tables(DataPart part, const Numbers& numbers) {
  if (json_) return;
  for (const MetricTable& table : numbers.tables)
    print(std::string(word_of(part)) + " " + table_text(table, columns_of_output()));
}

void Report::say(const std::string& text) {
  if (!json_) print(text);
}

void Report::event(const std::string& line) { print(line); }

void Report::decided(const std::string& text) {
  if (json_) return note(text);
  if (!quiet_) print(text);
}

void Report::note(const std::string& text) {
  if (!quiet_) tell(text);
}

void Report::warn(const std::string& text) {
  if (text.empty()) return;
  tell("warning: " + text);
}

}  // namespace dnnc::runtime
