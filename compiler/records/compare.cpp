#include "compiler/records/compare.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "runtime/program/json.h"

namespace dnnc {
namespace {

using Json = nlohmann::json;
namespace is = runtime::record_members;

struct SourceFile {
  std::string name;
  std::vector<std::string> lines;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    line.erase(line.find_last_not_of(" \t\r") + 1);
    lines.push_back(std::move(line));
    begin = end + 1;
  }
  return lines;
}

std::vector<SourceFile> sources_of(const TrainingRecord& record) {
  std::vector<SourceFile> files;
  for (const runtime::SourceText& source : record.sources()) files.push_back({source.file, lines_of(source.text)});
  return files;
}

std::string all_texts(const TrainingRecord& record) {
  std::string text;
  for (const SourceFile& file : sources_of(record)) {
    for (const std::string& line : file.lines) text += line + "\n";
    text += '\0';
  }
  return text;
}

/// What of two lists is in both, as the longest common sequence. Of lists so long that it would take long: nothing.
std::vector<std::pair<size_t, size_t>> common_lines(const std::vector<std::string>& a,
                                                    const std::vector<std::string>& b) {
  constexpr size_t most_cells = 25'000'000;
  std::vector<std::pair<size_t, size_t>> common;
  size_t begin = 0, end_a = a.size(), end_b = b.size();
  while (begin < end_a && begin < end_b && a[begin] == b[begin]) {
    common.emplace_back(begin, begin);
    ++begin;
  }
  while (end_a > begin && end_b > begin && a[end_a - 1] == b[end_b - 1]) --end_a, --end_b;
  const size_t rows = end_a - begin, columns = end_b - begin;
  if (rows > 0 && columns > 0 && rows <= most_cells / columns) {
    std::vector<uint32_t> longest((rows + 1) * (columns + 1));
    const auto at = [&](size_t i, size_t j) -> uint32_t& { return longest[i * (columns + 1) + j]; };
    for (size_t i = rows; i-- > 0;)
      for (size_t j = columns; j-- > 0;)
        at(i, j) = a[begin + i] == b[begin + j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    for (size_t i = 0, j = 0; i < rows && j < columns;) {
      if (a[begin + i] == b[begin + j]) common.emplace_back(begin + i++, begin + j++);
      else if (at(i + 1, j) >= at(i, j + 1)) ++i;
      else ++j;
    }
  }
  while (end_a < a.size()) common.emplace_back(end_a++, end_b++);
  return common;
}

void add_others(const SourceFile& a, const SourceFile& b, std::vector<ProgramLine>& others) {
  std::vector<std::pair<size_t, size_t>> common = common_lines(a.lines, b.lines);
  common.emplace_back(a.lines.size(), b.lines.size());
  size_t i = 0, j = 0;
  for (const auto& [next_a, next_b] : common) {
    for (; i < next_a; ++i) others.push_back({true, a.name, i + 1, a.lines[i]});
    for (; j < next_b; ++j) others.push_back({false, b.name, j + 1, b.lines[j]});
    ++i, ++j;
  }
}

std::string file_name(const std::string& path) { return std::filesystem::path(path).filename().string(); }

/// Beyond so many it is not told which are others: that some are the key of the data says.
constexpr size_t most_files = 12;

/// Members inside of members by their paths, "settings.seed".
void flatten(const Json& json, const std::string& path, std::map<std::string, std::string>& flat) {
  if (json.is_object()) {
    for (const auto& [name, value] : json.items()) flatten(value, path + (path.empty() ? "" : ".") + name, flat);
    return;
  }
  flat[path] = json.is_string() ? json.get<std::string>() : json.is_null() ? "" : runtime::json_text(json);
}

std::map<std::string, std::string> facts_of(const TrainingRecord& record) {
  Json chosen = Json::object();
  for (const char* name : {is::program, is::settings, is::environment}) chosen[name] = record.at(name);
  for (const char* name : {is::name, is::key, is::examples}) chosen[is::data][name] = record.at(is::data, name);
  for (const char* name : {"parameters", "memory"}) chosen[is::info][name] = record.at(is::info, name);
  std::map<std::string, std::string> flat;
  if (Json& settings = chosen[is::settings]; settings.is_object()) settings[is::constants] = record.constants();
  flatten(chosen, "", flat);
  const Json& files = record.at(is::data, is::files);
  if (!files.is_array()) return flat;
  if (files.size() > most_files) flat["data.files"] = fmt::format("{} files", files.size());
  else
    for (const Json& file : files)
      if (file.is_object())
        flatten(file.value(is::sha256, Json()), "data.files." + file_name(file.value(is::file, "")), flat);
  return flat;
}

}  // namespace

std::vector<RecordDifference> record_differences(const std::vector<TrainingRecord>& records) {
  std::vector<std::map<std::string, std::string>> facts;
  std::vector<std::string> texts;
  std::set<std::string> names;
  for (const TrainingRecord& record : records) {
    facts.push_back(facts_of(record));
    const std::string text = all_texts(record);
    const auto known = std::ranges::find(texts, text);
    facts.back()["program text"] = std::to_string(known - texts.begin() + 1);
    if (known == texts.end()) texts.push_back(text);
    for (const auto& [name, value] : facts.back()) names.insert(name);
  }
  std::vector<RecordDifference> differences;
  for (const std::string& name : names) {
    RecordDifference difference{name, {}};
    for (auto& of_record : facts) difference.values.push_back(of_record[name]);
    const bool same = std::ranges::count(difference.values, difference.values.front()) ==
                      static_cast<std::ptrdiff_t>(difference.values.size());
    if (!same) differences.push_back(std::move(difference));
  }
  return differences;
}

std::vector<ProgramLine> other_lines(const TrainingRecord& a, const TrainingRecord& b) {
  std::vector<ProgramLine> others;
  std::vector<SourceFile> ours = sources_of(a), theirs = sources_of(b);
  for (size_t k = 0; k < ours.size(); ++k) {
    // The program is the first, whatever it is called; what it imports is known by its name.
    const auto same =
        k == 0 && !theirs.empty() ? theirs.begin() : std::ranges::find_if(theirs, [&](const SourceFile& file) {
          return file_name(file.name) == file_name(ours[k].name);
        });
    if (same == theirs.end()) {
      add_others(ours[k], {}, others);
      continue;
    }
    add_others(ours[k], *same, others);
    theirs.erase(same);
  }
  for (const SourceFile& file : theirs) add_others({}, file, others);
  return others;
}

}  // namespace dnnc
