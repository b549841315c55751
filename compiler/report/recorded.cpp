#include "compiler/report/recorded.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "runtime/files/files.h"
#include "runtime/program/failure.h"
#include "runtime/program/json.h"
#include "runtime/program/shown.h"
#include "runtime/run/record_files.h"

namespace dnnc {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char *about_file = runtime::record_files::record, *history_file = runtime::record_files::history,
                     *results_file = runtime::record_files::results, *answers_file = runtime::record_files::answers,
                     *bench_file = "bench.jsonl";
constexpr const char* files_of_record[] = {about_file, history_file, results_file, answers_file, bench_file};
constexpr int known_form = 1;

std::string text_of_file(const std::string& path) {
  const std::vector<char> bytes = runtime::read_file(path);
  return {bytes.begin(), bytes.end()};
}

/// The lines of a file that are JSON. The last may be half there: somebody writes it now.
std::vector<Json> lines_in(const std::string& folder, const char* file) {
  std::vector<Json> lines;
  const std::string path = folder + "/" + file;
  if (!runtime::file_exists(path)) return lines;
  const std::string text = text_of_file(path);
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    Json line = runtime::parse_json(std::string_view(text).substr(begin, end - begin));
    if (line.is_object()) lines.push_back(std::move(line));
    begin = end + 1;
  }
  return lines;
}

RecordedRun read_one(const std::string& folder) {
  RecordedRun run;
  run.folder = folder;
  const std::string path = folder + "/" + about_file;
  run.about = runtime::parse_json(text_of_file(path));
  const Json& form = run.said("", "record");
  if (!run.about.is_object() || !form.is_number_integer())
    throw runtime::Failure(runtime::exit_wrong, path + ": this is no record, or it is damaged");
  if (form.get<int64_t>() > known_form)
    throw runtime::Failure(runtime::exit_wrong,
                           path + ": a newer dnnc wrote this record, in a form that this one does not know");
  run.history = lines_in(folder, history_file);
  run.results = lines_in(folder, results_file);
  run.answers = lines_in(folder, answers_file);
  const std::vector<Json> bench = lines_in(folder, bench_file);
  if (!bench.empty()) run.bench = bench.back();
  return run;
}

/// The folders in a folder that are records, by their names; itself if it is one.
std::vector<std::string> folders_of(const std::string& folder) {
  if (runtime::file_exists(folder + "/" + about_file)) return {folder};
  std::vector<std::string> folders;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (const std::string path = entry->path().string(); runtime::file_exists(path + "/" + about_file))
      folders.push_back(path);
  std::ranges::sort(folders);
  return folders;
}

const Json nothing;

}  // namespace

const Json& RecordedRun::said(const char* object, const char* member) const {
  const auto of = [](const Json& json, const char* name) -> const Json& {
    if (!json.is_object()) return nothing;
    const auto found = json.find(name);
    return found == json.end() ? nothing : *found;
  };
  return of(*object ? of(about, object) : about, member);
}

std::string RecordedRun::text(const char* object, const char* member) const {
  const Json& json = said(object, member);
  return json.is_string() ? json.get<std::string>() : json.is_null() ? "" : runtime::json_text(json);
}

bool RecordedRun::runs() const { return text("", "state") == runtime::word_of(runtime::RecordState::Running); }

std::string RecordedRun::name() const { return text("settings", "run"); }

std::vector<runtime::SourceText> RecordedRun::sources() const {
  std::vector<runtime::SourceText> texts;
  const Json& written = said("", "sources");
  if (!written.is_array()) return texts;
  for (const Json& source : written)
    if (source.is_object() && source.contains("file") && source.contains("text") && source["file"].is_string() &&
        source["text"].is_string())
      texts.push_back({source["file"].get<std::string>(), source["text"].get<std::string>()});
  return texts;
}

std::map<std::string, std::string> RecordedRun::constants() const {
  std::map<std::string, std::string> constants;
  const Json& set = said("settings", "constants");
  for (const auto& [name, value] : set.items()) {
    if (!value.is_string()) continue;
    const std::string text = value.get<std::string>();
    const size_t equal = text.find('=');
    if (set.is_object()) constants.emplace(name, text);
    else if (equal != text.npos) constants.emplace(text.substr(0, equal), text.substr(equal + 1));
  }
  return constants;
}

std::string RecordedRun::data_folder() const {
  const std::string given = text("settings", "data");
  return given.empty() ? fs::path(text("", "program")).parent_path().string() : given;
}

std::string RecordedRun::data_key() const { return text("data", "key"); }

std::vector<RecordedRun> read_recorded(const std::string& folder) {
  std::vector<RecordedRun> runs;
  for (const std::string& path : folders_of(folder)) runs.push_back(read_one(path));
  if (runs.empty())
    throw runtime::Failure(runtime::exit_input_output,
                           fmt::format("{}: there is no record; `dnnc run FILE --record FOLDER` makes one", folder));
  // Runs of one command begin one after the other.
  std::ranges::stable_sort(runs, {}, [](const RecordedRun& run) { return run.text("", "begun"); });
  return runs;
}

std::string recorded_state(const std::string& folder) {
  std::string text;
  for (const std::string& path : folders_of(folder))
    for (const char* file : files_of_record)
      if (struct stat status{}; ::stat((path + "/" + file).c_str(), &status) == 0)
        text +=
            fmt::format("{} {} {} {} {}\n", path, file, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
  return text;
}

}  // namespace dnnc
