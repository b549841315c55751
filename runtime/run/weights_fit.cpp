#include "runtime/run/weights_fit.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "runtime/data/source_table.h"
#include "runtime/program/failure.h"
#include "runtime/program/json.h"
#include "runtime/program/path_pattern.h"
#include "runtime/program/tensor_names.h"
#include "runtime/run/weights_file.h"

namespace dnnc::runtime {
namespace {

constexpr size_t most_lines = 8;      ///< that are told; of more there is a count
constexpr size_t most_of_line = 240;  ///< bytes

std::string_view value_in(const Metadata& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string_view() : found->second;
}

/// What float32 leaves of a field comes with that field: it is none that anybody gives.
bool is_rest(std::string_view formula) {
  return is_field(formula) && !field_of_rest(formula.substr(field_mark.size())).empty();
}

/// The formulas that are fields, or those that are none, by what they define.
Metadata formulas_in(const Metadata& metadata, bool fields) {
  Metadata formulas;
  for (std::string_view text = value_in(metadata, weights_keys::formulas); !text.empty();) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (is_field(line) == fields && !is_rest(line)) formulas.emplace(defined_by(line), line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return formulas;
}

std::string line_of(std::string_view formula) {
  return shown(formula.substr(0, most_of_line)) + (formula.size() > most_of_line ? " ..." : "");
}

/// Collects lines, so many that they can be read.
class Lines {
 public:
  void add(const std::string& lines) {
    if (++count_ <= most_lines) text_ += lines;
  }
  std::string text() const {
    return count_ <= most_lines ? text_ : text_ + "  and " + std::to_string(count_ - most_lines) + " more\n";
  }

 private:
  std::string text_;
  size_t count_ = 0;
};

/// A formula of the program, and how the weights would call it.
struct Compared {
  const Formula* formula;
  std::string text;
};

std::vector<Compared> compared(const Manifest& manifest, bool fields) {
  std::vector<Compared> formulas;
  for (const Formula& formula : manifest.formulas)
    if (is_field(formula.text) == fields && !is_rest(formula.text)) formulas.push_back({&formula, formula.text});
  return formulas;
}

std::string as_it_is(std::string_view formula) { return std::string(formula); }

/// Those of the program beside those of the weights, of which `equal` makes what must be equal.
template <typename Equal>
std::string differences(const std::vector<Compared>& ours, Metadata theirs, const Equal& equal, bool both_ways) {
  Lines lines;
  for (const auto& [formula, text] : ours) {
    const auto found = theirs.find(std::string(defined_by(text)));
    const std::string other = found == theirs.end() ? "" : found->second;
    if (found != theirs.end()) theirs.erase(found);
    if (other.empty() || equal(other) != text)
      lines.add("  " + formula->place + ": " + line_of(formula->text) +
                "\n    the weights: " + (other.empty() ? "no such formula" : line_of(other)) + "\n");
  }
  if (both_ways)
    for (const auto& [name, text] : theirs) lines.add("  the weights besides: " + line_of(text) + "\n");
  return lines.text();
}

/// Whether both nets are known and compute different things.
bool differ(const Manifest& manifest, const Metadata& metadata) {
  const std::string_view key = value_in(metadata, weights_keys::net_key);
  return !key.empty() && key != manifest.net_key;
}

/// "body/dense1" of "body/dense1/w".
std::string_view folder_of_path(std::string_view path) {
  return path.substr(0, std::min(path.rfind('/'), path.size()));
}

/// Whether the formula defines the value of a layer, or something in it that is no layer of its own.
bool stands_in(std::string_view formula, const std::vector<StartedTensor>& tensors) {
  std::string_view name = defined_by(formula);
  if (name.starts_with(training_mark)) name.remove_prefix(training_mark.size());
  return std::ranges::any_of(tensors, [&](const StartedTensor& tensor) {
    const std::string_view layer = folder_of_path(tensor.first);
    return name == layer || folder_of_path(name) == layer;
  });
}

bool is_of_name(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) || letter == '_' || letter == '/' || letter == '.';
}

/// The names of fields and of what data blocks make of them.
using Names = std::set<std::string, std::less<>>;
void add_data_name(Names& names, std::string_view formula) {
  std::string_view name = defined_by(formula);
  if (is_field(name)) name.remove_prefix(field_mark.size());
  if (name.find('/') == name.npos) names.emplace(name);
}

/// What two formulas of a layer have in common if both compute the same of what they are given: paths in folders from which tensors
/// are started by the names of the file, and `_` for what comes from elsewhere.
class LayerFormulas {
 public:
  LayerFormulas(const std::vector<StartedTensor>& tensors, Names of_our_data, Names of_their_data)
      : of_our_data_(std::move(of_our_data)), of_their_data_(std::move(of_their_data)) {
    for (const auto& [ours, theirs] : tensors) folders_.emplace(folder_of_path(ours), folder_of_path(theirs));
  }

  std::string ours(std::string_view formula) const {
    return with_names(formula, of_our_data_, [&](std::string_view folder) -> std::optional<std::string> {
      const auto found = folders_.find(folder);
      return found == folders_.end() ? std::nullopt : std::optional(std::string(found->second));
    });
  }
  std::string theirs(std::string_view formula) const {
    return with_names(formula, of_their_data_, [&](std::string_view folder) -> std::optional<std::string> {
      const auto is_it = [&](const auto& known) { return known.second == folder; };
      return std::ranges::any_of(folders_, is_it) ? std::optional(std::string(folder)) : std::nullopt;
    });
  }

 private:
  template <typename Folder>
  static std::string with_names(std::string_view text, const Names& of_data, const Folder& folder_in_file) {
    std::string result;
    for (size_t at = 0; at < text.size();) {
      size_t end = at;
      while (end < text.size() && is_of_name(text[end])) ++end;
      const std::string_view word = text.substr(at, std::max<size_t>(end - at, 1));
      const bool path = word.find('/') != word.npos && word.size() > 1;
      if (path) result += path_in_file(word, folder_in_file);
      else result += of_data.contains(word) ? "_" : word;
      at += word.size();
    }
    return result;
  }

  /// By the longest folder that is known; a layer's value is called as its folder is.
  template <typename Folder>
  static std::string path_in_file(std::string_view path, const Folder& folder_in_file) {
    for (std::string_view folder = path;; folder = folder_of_path(folder)) {
      if (const auto name = folder_in_file(folder)) return *name + std::string(path.substr(folder.size()));
      if (folder.find('/') == folder.npos) return "_";
    }
  }

  std::map<std::string_view, std::string_view> folders_;
  Names of_our_data_, of_their_data_;
};

/// A line of a program that is no comment.
struct ProgramLine {
  std::string file;
  size_t number;  ///< counts from 1
  std::string text;
};

std::vector<ProgramLine> lines_of(const std::vector<SourceText>& sources) {
  std::vector<ProgramLine> lines;
  for (const SourceText& source : sources) {
    std::string_view rest = source.text;
    for (size_t number = 1; !rest.empty(); ++number) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      const size_t begin = line.find_first_not_of(" \t\r"), end = line.find_last_not_of(" \t\r");
      if (begin != line.npos && line[begin] != '#')
        lines.push_back({source.file, number, std::string(line.substr(begin, end - begin + 1))});
    }
  }
  return lines;
}

std::string difference_of(const std::vector<std::string>& data, const std::vector<std::string>& weights,
                          const std::string& what) {
  if (data.empty() || weights.empty() || data == weights) return "";
  const auto at = static_cast<size_t>(std::ranges::mismatch(data, weights).in1 - data.begin());
  const auto name = [&](const std::vector<std::string>& names) {
    return at < names.size() ? "`" + shown(names[at]) + "`" : "not there";
  };
  return "  " + what + " " + std::to_string(at) + " is " + name(data) + ", for the weights " + name(weights) + "\n";
}

}  // namespace

Metadata weights_metadata(const Manifest& manifest, const DataNames& names) {
  Metadata metadata = metadata_of(names);
  metadata[weights_keys::net] = manifest.run.net;
  metadata[weights_keys::net_key] = manifest.net_key;
  std::string& formulas = metadata[weights_keys::formulas];
  for (const Formula& formula : manifest.formulas) formulas += (formulas.empty() ? "" : "\n") + formula.text;
  return metadata;
}

void expect_same_fields(const Manifest& manifest, const Metadata& metadata, const std::string& path) {
  if (!differ(manifest, metadata) || value_in(metadata, weights_keys::formulas).empty()) return;
  const std::string fields = differences(compared(manifest, true), formulas_in(metadata, true), as_it_is, true);
  if (!fields.empty())
    throw Failure(exit_wrong,
                  path + ": these weights were trained on other fields\n" + fields.substr(0, fields.size() - 1));
}

std::string other_formulas(const Manifest& manifest, const Metadata& metadata) {
  if (!differ(manifest, metadata)) return "";
  if (manifest.formulas.empty() || value_in(metadata, weights_keys::formulas).empty())
    return "  which they are is not known: they are too long to go with weights\n";
  return differences(compared(manifest, false), formulas_in(metadata, false), as_it_is, true);
}

std::string program_text(const Manifest& manifest) {
  std::string text;
  for (const ProgramLine& line : lines_of(manifest.sources)) text += line.text + "\n";
  return text.size() > most_formula_bytes ? "" : text;
}

std::string other_lines(const Manifest& manifest, const std::string& text) {
  if (text.empty()) return "";
  std::multiset<std::string> theirs;
  for (const ProgramLine& line : lines_of({{"", text}})) theirs.insert(line.text);
  Lines lines;
  for (const ProgramLine& line : lines_of(manifest.sources)) {
    const auto same = theirs.find(line.text);
    if (same != theirs.end()) theirs.erase(same);
    else lines.add("  " + line.file + ":" + std::to_string(line.number) + ": " + line_of(line.text) + "\n");
  }
  for (const std::string& line : theirs) lines.add("  the program then: " + line_of(line) + "\n");
  return lines.text().empty() ? "  the text of the program is the same\n" : lines.text();
}

std::optional<std::string> name_by(const StartRule& rule, std::string_view name) {
  static const std::vector<std::string> all = {"*"};
  for (const std::string& pattern : rule.paths.empty() ? all : rule.paths)
    if (auto in_file = renamed(name, pattern, rule.theirs.empty() ? pattern : rule.theirs)) return in_file;
  return std::nullopt;
}

std::string other_formulas_of(const Manifest& manifest, const Metadata& metadata,
                              const std::vector<StartedTensor>& tensors) {
  if (value_in(metadata, weights_keys::formulas).empty() || !differ(manifest, metadata)) return "";
  Names of_our_data, of_their_data;
  Metadata formulas;
  for (const Formula& formula : manifest.formulas) add_data_name(of_our_data, formula.text);
  for (const bool fields : {false, true})
    for (const auto& [name, formula] : formulas_in(metadata, fields)) add_data_name(of_their_data, formula);
  const LayerFormulas layers(tensors, std::move(of_our_data), std::move(of_their_data));
  std::vector<Compared> ours = compared(manifest, false);
  std::erase_if(ours, [&](const Compared& one) { return !stands_in(one.text, tensors); });
  for (Compared& one : ours) one.text = layers.ours(one.text);
  for (const auto& [name, formula] : formulas_in(metadata, false)) formulas.emplace(layers.theirs(name), formula);
  return differences(ours, formulas, [&](std::string_view formula) { return layers.theirs(formula); }, false);
}

NameDifferences other_names(const DataNames& loaded, const DataNames& weights) {
  Metadata written = metadata_of(loaded);
  for (auto& [key, lines] : written) lines = text_from_json(lines);
  const DataNames data = names_of(written);
  NameDifferences found;
  found.inputs = difference_of(data.features, weights.features, source_words::column);
  for (const auto& [field, words] : data.words)
    if (const auto other = weights.words.find(field); other != weights.words.end())
      found.inputs += difference_of(words, other->second, "word of `" + shown(field) + "`");
  found.classes = difference_of(data.classes, weights.classes, word_of(Element::Kind::Class));
  return found;
}

}  // namespace dnnc::runtime
