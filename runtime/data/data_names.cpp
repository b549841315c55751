#include "runtime/data/data_names.h"

#include <algorithm>

namespace dnnc::runtime {
namespace {

const std::string words_prefix = "words.";

std::string lines_of(const std::vector<std::string>& names) {
  std::string lines;
  for (const std::string& name : names) {
    if (&name != &names.front()) lines += '\n';
    lines += on_one_line(name);
  }
  return lines;
}

std::vector<std::string> names_in(const std::string& lines) {
  std::vector<std::string> names;
  for (size_t begin = 0; begin <= lines.size();) {
    const size_t end = std::min(lines.find('\n', begin), lines.size());
    names.push_back(lines.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

}  // namespace

std::string on_one_line(std::string_view name) {
  std::string line;
  for (const char letter : name)
    if (letter == '\n') line += "\\n";
    else line += letter;
  return line;
}

std::map<std::string, std::string> metadata_of(const DataNames& names) {
  std::map<std::string, std::string> metadata;
  if (!names.classes.empty()) metadata["classes"] = lines_of(names.classes);
  if (!names.features.empty()) metadata["features"] = lines_of(names.features);
  for (const auto& [field, words] : names.words) metadata[words_prefix + field] = lines_of(words);
  return metadata;
}

DataNames names_of(const std::map<std::string, std::string>& metadata) {
  DataNames names;
  for (const auto& [key, lines] : metadata) {
    if (key == "classes") names.classes = names_in(lines);
    if (key == "features") names.features = names_in(lines);
    if (key.starts_with(words_prefix)) names.words[key.substr(words_prefix.size())] = names_in(lines);
  }
  return names;
}

}  // namespace dnnc::runtime
