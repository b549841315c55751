#include "compiler/records/record.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string_view>

#include "runtime/files/files.h"
#include "runtime/files/identity.h"
#include "runtime/program/event_schema.h"
#include "runtime/program/failure.h"
#include "runtime/program/json.h"

namespace dnnc {
namespace {

namespace fs = std::filesystem;

/// Folders of experiments, each with folders of trainings, each with a record for each of its runs.
constexpr int record_depth = 3;

namespace files = runtime::record_files;
namespace is = runtime::record_members;
using Json = nlohmann::json;
using runtime::Event;

std::string path_in(const std::string& folder, const char* file) { return folder + "/" + file; }

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
  throw runtime::Failure(runtime::exit_wrong, fmt::format("{}: {}", path, why));
}

Json object_in(const std::string& path) {
  const std::vector<char> bytes = runtime::read_file(path);
  Json json = runtime::parse_json({bytes.data(), bytes.size()});
  if (!json.is_object()) refuse(path, "this record is damaged");
  return json;
}

/// The events of a file of a record; none where there is no file.
std::vector<Json> events_in(TrainingRecord& record, const char* file) {
  const std::string path = path_in(record.folder, file);
  if (!runtime::file_exists(path)) return {};
  EventFile read = read_events(path);
  record.faults.insert(record.faults.end(), read.faults.begin(), read.faults.end());
  return std::move(read.events);
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

bool TrainingRecord::runs() const { return text(is::state) == runtime::word_of(runtime::RecordState::Running); }

std::string TrainingRecord::run() const { return text(is::settings, is::run); }

std::vector<runtime::SourceText> TrainingRecord::sources() const {
  std::vector<runtime::SourceText> texts;
  const Json& written = at(is::sources);
  if (!written.is_array()) return texts;
  for (const Json& source : written)
    if (source.is_object() && source.value(is::file, Json()).is_string() && source.value(is::text, Json()).is_string())
      texts.push_back({source[is::file].get<std::string>(), source[is::text].get<std::string>()});
  return texts;
}

std::map<std::string, std::string> TrainingRecord::constants() const {
  std::map<std::string, std::string> constants;
  const Json& set = at(is::settings, is::constants);
  if (!set.is_array()) return constants;
  for (const Json& value : set) {
    const std::string text = value.is_string() ? value.get<std::string>() : "";
    const size_t equal = text.find('=');
    if (equal != text.npos) constants.emplace(text.substr(0, equal), text.substr(equal + 1));
  }
  return constants;
}

std::string TrainingRecord::data_folder() const {
  const std::string given = text(is::settings, is::data);
  return given.empty() ? fs::path(text(is::program)).parent_path().string() : given;
}

std::string TrainingRecord::weights() const {
  for (const char* name : {files::best, files::last})
    if (std::string path = path_in(folder, name); runtime::file_exists(path)) return path;
  throw runtime::Failure(runtime::exit_input_output,
                         folder + ": this record has no weights: " +
                             (runs() ? "its training has kept none so far" : "its training has kept none"));
}

EventFile read_events(const std::string& path) {
  EventFile file;
  const std::vector<char> bytes = runtime::read_file(path);
  std::string_view rest(bytes.data(), bytes.size());
  for (size_t number = 1; !rest.empty(); ++number) {
    const size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    if (line.find_first_not_of(std::string_view("\0 \t\r", 4)) == line.npos) continue;
    Json event = runtime::parse_json(line);
    if (event.is_object() && event.value(runtime::event_key, Json()).is_string())
      file.events.push_back(std::move(event));
    else if (end != rest.npos) file.faults.push_back(fmt::format("{}: line {} is no event", path, number));
  }
  return file;
}

bool is_record(const std::string& folder) { return runtime::file_exists(path_in(folder, files::record)); }

/// Of so many folders below each other.
void find_records(const std::string& folder, int depth, std::vector<std::string>& found) {
  std::error_code error, unknown;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (!entry->is_directory(unknown)) continue;
    const std::string path = (folder == "." ? entry->path().filename() : entry->path()).string();
    if (is_record(path)) found.push_back(path);
    else if (depth > 1 && !entry->is_symlink(unknown)) find_records(path, depth - 1, found);
  }
  if (error && depth == record_depth)
    throw runtime::Failure(runtime::exit_input_output, folder + ": cannot read: " + error.message());
}

std::vector<std::string> record_folders(const std::vector<std::string>& folders) {
  std::vector<std::string> records;
  std::set<runtime::FileIdentity> known;
  const auto add = [&](const std::string& folder) {
    if (known.insert(runtime::identity_of(folder)).second) records.push_back(folder);
  };
  for (std::string folder : folders) {
    while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
    if (is_record(folder)) {
      add(folder);
      continue;
    }
    std::vector<std::string> inside;
    find_records(folder, record_depth, inside);
    if (inside.empty())
      throw runtime::Failure(
          runtime::exit_wrong,
          folder + ": this is no record, and there are none in it; --record FOLDER of a training makes one");
    std::ranges::sort(inside);
    for (const std::string& one : inside) add(one);
  }
  return records;
}

TrainingRecord read_record(const std::string& folder) {
  TrainingRecord record;
  record.folder = folder;
  record.about = object_in(path_in(folder, files::record));
  if (const Json& form = record.at(is::record); !form.is_number())
    refuse(path_in(folder, files::record), "this record is damaged");
  else if (form > runtime::record_form) refuse(path_in(folder, files::record), "a newer dnnc has written this record");
  for (Json& event : events_in(record, files::history)) {
    if (is_event(event, runtime::word_of(Event::Epoch))) record.epochs.push_back(std::move(event));
    else if (is_event(event, runtime::word_of(Event::Step))) record.steps.push_back(std::move(event));
  }
  record.results = events_in(record, files::results);
  if (std::vector<Json> bench = events_in(record, files::bench); !bench.empty()) record.bench = std::move(bench.back());
  return record;
}

TrainingRecord read_one_record(const std::string& folder, const std::string& run) {
  const std::vector<std::string> folders = record_folders({folder});
  if (folders.size() == 1) {
    TrainingRecord record = read_record(folders.front());
    if (run.empty() || record.run() == run) return record;
    throw runtime::Failure(runtime::exit_usage,
                           fmt::format("{}: this is the record of the run `{}`", folders.front(), record.run()));
  }
  std::string names;
  for (const std::string& one : folders) {
    const std::string name = fs::path(one).filename().string();
    if (name == run) return read_record(one);
    names += (names.empty() ? "" : ", ") + name;
  }
  throw runtime::Failure(
      runtime::exit_usage,
      fmt::format("{}: there are several records in it, {}: name one of them, {}", folder, names, folders.front()));
}

void read_answers(TrainingRecord& record) { record.answers = events_in(record, files::answers); }

std::string records_state(const std::string& folder) {
  std::string text;
  try {
    for (const std::string& path : record_folders({folder}))
      for (const char* file : files::all)
        if (struct stat status{}; ::stat(path_in(path, file).c_str(), &status) == 0)
          text += fmt::format("{} {} {} {} {}\n", path, file, status.st_size, status.st_mtim.tv_sec,
                              status.st_mtim.tv_nsec);
  } catch (const runtime::Failure&) {  // there is none
  }
  return text;
}

}  // namespace dnnc
