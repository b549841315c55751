#include "compiler/records/record.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "runtime/files/files.h"
#include "runtime/program/event_schema.h"
#include "runtime/program/failure.h"
#include "runtime/program/json.h"

namespace dnnc {
namespace {

namespace fs = std::filesystem;
namespace files = runtime::record_files;
using Json = nlohmann::json;
using runtime::Event;

std::string path_in(const std::string& folder, const char* file) { return folder + "/" + file; }

bool is_record(const std::string& folder) { return runtime::file_exists(path_in(folder, files::record)); }

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw runtime::Failure(runtime::exit_wrong, fmt::format("{}: {}", path, why));
}

Json object_in(const std::string& path) {
  const std::vector<char> bytes = runtime::read_file(path);
  Json json = runtime::parse_json({bytes.data(), bytes.size()});
  if (!json.is_object()) refuse(path, "this record is damaged");
  return json;
}

/// The events of a file; none where there is no file. Of the last line there may be a part alone, and a power cut leaves zeros.
std::vector<Json> events_in(const std::string& path) {
  std::vector<Json> events;
  if (!runtime::file_exists(path)) return events;
  const std::vector<char> bytes = runtime::read_file(path);
  std::string_view rest(bytes.data(), bytes.size());
  for (size_t number = 1; !rest.empty(); ++number) {
    const size_t end = rest.find('\n');
    if (end == rest.npos) break;
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    if (line.find_first_not_of(std::string_view("\0 \t\r", 4)) == line.npos) continue;
    Json event = runtime::parse_json(line);
    if (!event.is_object()) refuse(path, fmt::format("line {} is no event: this record is damaged", number));
    events.push_back(std::move(event));
  }
  return events;
}

bool is_event(const Json& event, std::string_view word) {
  const auto found = event.find(runtime::event_key);
  return found != event.end() && *found == word;
}

}  // namespace

const Json& TrainingRecord::member(std::initializer_list<const char*> names) const {
  static const Json none;
  const Json* json = &about;
  for (const char* name : names) {
    if (!json->is_object()) return none;
    const auto found = json->find(name);
    if (found == json->end()) return none;
    json = &*found;
  }
  return *json;
}

const Json* TrainingRecord::result() const {
  const auto found = std::ranges::find_if(
      results, [](const Json& event) { return !is_event(event, runtime::word_of(Event::Expect)); });
  return found == results.end() ? nullptr : &*found;
}

TrainingRecord read_record(const std::string& folder) {
  TrainingRecord record;
  record.folder = folder;
  record.about = object_in(path_in(folder, files::record));
  if (const Json& form = record.at("record"); !form.is_number() || form > runtime::record_form)
    refuse(path_in(folder, files::record), "a newer dnnc has written this record");
  for (Json& event : events_in(path_in(folder, files::history))) {
    if (is_event(event, runtime::word_of(Event::Epoch))) record.epochs.push_back(std::move(event));
    else if (is_event(event, runtime::word_of(Event::Step))) record.steps.push_back(std::move(event));
  }
  record.results = events_in(path_in(folder, files::results));
  return record;
}

std::vector<TrainingRecord> read_records(const std::vector<std::string>& folders) {
  std::vector<TrainingRecord> records;
  for (std::string folder : folders) {
    while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
    if (is_record(folder)) {
      records.push_back(read_record(folder));
      continue;
    }
    std::vector<std::string> inside;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
      if (is_record(entry->path().string())) inside.push_back(entry->path().string());
    if (error) throw runtime::Failure(runtime::exit_input_output, folder + ": cannot read: " + error.message());
    if (inside.empty())
      throw runtime::Failure(
          runtime::exit_wrong,
          folder + ": this is no record, and there are none in it; --record FOLDER of a training makes one");
    std::ranges::sort(inside);
    for (const std::string& one : inside) records.push_back(read_record(one));
  }
  return records;
}

std::vector<Json> read_answers(const TrainingRecord& record) {
  return events_in(path_in(record.folder, files::answers));
}

}  // namespace dnnc
