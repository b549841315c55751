#include "runtime/run/report.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>

#include "runtime/files/streams.h"
#include "runtime/run/events.h"
#include "runtime/run/history.h"
#include "runtime/run/table_lines.h"

namespace dnnc::runtime {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto redraw = std::chrono::milliseconds(50);
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
    : json_(options.json), quiet_(options.quiet), bar_(false), unicode_(utf8_locale()) {
  bar_ = options.progress && !quiet_ && !json_ && draws_on_terminal();
  if (!options.history.empty()) history_.emplace(options.history);
}

void Report::sync_history() {
  if (history_) history_->sync();
}

/// Lines that the resumed training will write again go, and those that are not whole. What others have written stays.
void Report::resume_history(int64_t epoch) {
  if (history_) history_->become(history_before(history_->text(), run_, epoch));
}

void Report::loading(const std::string& what, int64_t done, int64_t all) {
  if (!bar_) return;
  on_bar_ = true;
  tell("\r\033[K" + (done < all ? what + " " + std::to_string(done) + "/" + std::to_string(all) : ""));
}

void Report::begin_epoch(int64_t epoch, int64_t epochs, int64_t steps, int64_t done) {
  done_before_ = done;
  epoch_ = epoch;
  epochs_ = epochs;
  steps_ = steps;
  begin_ = drawn_ = Clock::now();
}

bool Report::bar_is_old() const { return Clock::now() - drawn_ >= redraw; }

void Report::draw_bar(int64_t done, double loss) {
  drawn_ = Clock::now();
  on_bar_ = true;
  const int filled = static_cast<int>(bar_width * done / steps_);
  std::string bar;
  for (int i = 0; i < bar_width; ++i) bar += i < filled ? (unicode_ ? "━" : "=") : (unicode_ ? "─" : "-");
  const double passed = seconds_since(begin_);
  const double left = passed / static_cast<double>(done - done_before_) * static_cast<double>(steps_ - done);
  tell("\r\033[Kepoch " + std::to_string(epoch_) + "/" + std::to_string(epochs_) + "  " + std::to_string(done) + "/" +
       std::to_string(steps_) + " " + bar + "  " + duration(left) + " left  loss " + short_number(loss));
}

void Report::clear() {
  if (on_bar_) tell("\r\033[K");
  on_bar_ = false;
}

std::string Report::epoch_event(double training, double seconds, const Numbers& train, const Numbers& validation,
                                const std::optional<double>& rate_scale) const {
  nlohmann::json fields = {{"run", run_},
                           {"epoch", epoch_},
                           {"epochs", epochs_},
                           {"seconds", json_number(seconds)},
                           {"step_seconds", json_number(training / steps_made())}};
  if (!validation.empty()) fields["validation"] = json_numbers(validation);
  if (rate_scale) fields["rate_scale"] = json_number(*rate_scale);
  add_numbers(fields, DataPart::Train, train);
  return event_line(Event::Epoch, std::move(fields));
}

/// Tiny networks train thousands of epochs in the time that it takes to write them down: a run of many epochs says where it
/// is, not everything that it did.
bool Report::sees(int64_t epoch, int64_t epochs) const {
  if (history_ || json_) return true;
  return !quiet_ && (epochs <= 100 || epoch == 1 || epoch == epochs || epoch % ((epochs + 19) / 20) == 0);
}

void Report::end_epoch(double training, double seconds, const Numbers& train, const Numbers& validation,
                       const std::optional<double>& rate_scale) {
  const bool event = history_ || json_;
  const std::string line = event ? epoch_event(training, seconds, train, validation, rate_scale) : "";
  if (history_) history_->write(line);
  clear();
  if (json_) return print(line);
  if (quiet_) return;
  const bool annealed = rate_scale && *rate_scale != 1;
  print("epoch " + std::to_string(epoch_) + "/" + std::to_string(epochs_) + "  " + duration(seconds) + "  " +
        duration(training / steps_made()) + "/step" + listed(train, "") + listed(validation, "validation.") +
        (annealed ? "  rate x " + short_number(*rate_scale) : "") + "\n");
}

void Report::part(const std::string& run, DataPart part, const Numbers& numbers) {
  if (json_) {
    nlohmann::json fields = {{"run", run}};
    add_numbers(fields, part, numbers);
    for (const MetricTable& table : numbers.tables)
      for (const std::vector<std::string>& names : table.names)
        if (!names.empty()) fields["classes"] = names;
    return print(event_line(part, std::move(fields)));
  }
  print(word_of(part) + listed(numbers, "") + "\n");
  tables(part, numbers);
}

void Report::tables(DataPart part, const Numbers& numbers) {
  if (json_) return;
  for (const MetricTable& table : numbers.tables)
    print(std::string(word_of(part)) + " " + table_text(table, columns_of_output()));
}

void Report::say(const std::string& text) {
  clear();
  if (!json_) print(text);
}

void Report::event(const std::string& line) { print(line); }

void Report::decided(const std::string& text) {
  if (json_) return note(text);
  clear();
  if (!quiet_) print(text);
}

void Report::note(const std::string& text) {
  clear();
  if (!quiet_) tell(text);
}

void Report::warn(const std::string& text) {
  if (text.empty()) return;
  clear();
  tell("warning: " + text);
}

}  // namespace dnnc::runtime
