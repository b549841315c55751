#include "runtime/run/history.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "runtime/files/files.h"
#include "runtime/program/failure.h"
#include "runtime/program/json.h"
#include "runtime/run/events.h"

namespace dnnc::runtime {
namespace {

constexpr std::string_view epoch_mark = "\"event\":\"epoch\"", step_mark = "\"event\":\"step\"";

enum class LineKind { Epoch, Blank, Torn, Other };

/// Whether all braces outside of texts are closed, and all texts.
bool is_closed(std::string_view json) {
  int depth = 0;
  bool in_text = false;
  for (size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '"') in_text = !in_text;
    else if (in_text) i += json[i] == '\\';
    else depth += json[i] == '{' ? 1 : json[i] == '}' ? -1 : 0;
  }
  return depth == 0 && !in_text;
}

/// Of lines as event_line() writes them; quotes inside of texts are escaped, so that only keys are found. A power cut leaves
/// zeros in place of lines, and cuts off the last.
LineKind kind_of(std::string_view line) {
  const bool whole = line.ends_with('\n');
  if (line.find_first_not_of(" \t\r\n") == line.npos) return LineKind::Blank;
  if (line.find('\0') != line.npos) return LineKind::Torn;
  const bool opens = line.starts_with("{\""), closes = opens && is_closed(line);
  if (opens && !closes && !whole) return LineKind::Torn;
  return closes && line.find(epoch_mark) != line.npos ? LineKind::Epoch : LineKind::Other;
}

/// The number of an epoch or a step, by the key that it has there; 0 if there is none. Events have their fields in the order of
/// their names.
int64_t number_in(std::string_view line, std::string_view name) {
  const size_t key = line.find(name);
  return key == line.npos ? 0
                          : std::strtoll(std::string(line.substr(line.find(':', key) + 1, 20)).c_str(), nullptr, 10);
}

/// Calls for each line, until it gives false.
template <class Use>
void each_line(std::string_view text, Use use) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end == text.npos ? text.size() : end + 1);
    if (!use(line, kind_of(line))) return;
    text.remove_prefix(line.size());
  }
}

/// What stands in an ordinary file; nothing where there is none. It does not count as read here: it is to be written.
std::vector<char> present(const std::string& path) {
  std::vector<char> bytes;
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return bytes;
  const Descriptor file = open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file || !read_all(file.number(), bytes))
    throw Failure(exit_input_output, path + ": cannot read: " + std::strerror(errno));
  return bytes;
}

}  // namespace

void expect_history(const std::string& path, bool goes_on) {
  const std::vector<char> bytes = present(path);
  size_t number = 0;
  each_line({bytes.data(), bytes.size()}, [&](std::string_view, LineKind kind) {
    ++number;
    if (kind == LineKind::Other)
      throw Failure(exit_input_output, path + ": cannot write: line " + std::to_string(number) +
                                           " is no epoch of a training" +
                                           (goes_on ? ": this is no history" : ", and would be lost"));
    return !goes_on || kind == LineKind::Blank;
  });
}

std::string history_before(const std::string& text, const std::string& run, int64_t epoch, int64_t steps) {
  std::string stays;
  const std::string of_run = "\"run\":" + json_text(run);
  each_line(text, [&](std::string_view line, LineKind kind) {
    const bool own = line.find(of_run) != line.npos, of_step = line.find(step_mark) != line.npos;
    const bool again = of_step ? number_in(line, "\"step\":") > steps
                               : kind == LineKind::Epoch && number_in(line, "\"epoch\":") >= epoch;
    if (!(own && again) && kind != LineKind::Torn) stays += line;
    return true;
  });
  if (!stays.empty() && !stays.ends_with('\n')) stays += '\n';
  return stays;
}

}  // namespace dnnc::runtime
