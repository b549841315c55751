#include "runtime/data/cell_column.h"

#include <algorithm>
#include <cmath>

#include "runtime/data/data_names.h"

// Null in a trainer whose data have no dates.
extern "C" __attribute__((weak)) const dnnc::runtime::DateReader dnnc_cell_dates;

namespace dnnc::runtime {
namespace {

constexpr size_t most_shown = 40;
constexpr size_t most_listed = 12;

std::string quoted(std::string_view cell) { return "`" + std::string(trimmed(cell).substr(0, most_shown)) + "`"; }

std::string missing_cell(std::string_view cell) {
  return trimmed(cell).empty() ? "is empty" : quoted(cell) + " stands for a missing value";
}

std::string list_of(const std::vector<std::string>& words) {
  std::string text;
  for (size_t k = 0; k < words.size() && k < most_listed; ++k) text += (k ? ", " : "") + words[k];
  if (words.size() > most_listed) text += ", ... (" + std::to_string(words.size()) + ")";
  return text;
}

Vocabulary vocabulary_for(const RawField& field, const CellRules& rules, const std::vector<std::string>* words) {
  if (words && !words->empty()) return Vocabulary(*words);
  return Vocabulary(field.reading == Reading::Value && rules.unknown ? 1 : 0);
}

}  // namespace

const char* filling_for(const RawField& field) {
  return word_of(field.element.kind == Element::Kind::Real ? FitMethod::Median : FitMethod::MostFrequent);
}

Vocabulary::Vocabulary(const std::vector<std::string>& words) : closed_(true) {
  for (size_t number = 0; number < words.size(); ++number)
    if (words[number].empty()) first_ = 1;
    else numbers_.emplace(words[number], static_cast<int32_t>(number));
}

int32_t Vocabulary::number_of(std::string_view word) {
  if (const auto found = numbers_.find(word); found != numbers_.end()) return found->second;
  if (closed_) return first_ - 1;
  const auto number = static_cast<int32_t>(size());
  numbers_.emplace(word, number);
  return number;
}

std::vector<int32_t> Vocabulary::sort() {
  std::vector<int32_t> become(static_cast<size_t>(size()));
  int32_t next = first_;
  for (auto& [word, number] : numbers_) {
    become[static_cast<size_t>(number)] = next;
    number = next++;
  }
  return become;
}

std::vector<std::string> Vocabulary::words() const {
  std::vector<std::string> all(static_cast<size_t>(size()));
  for (const auto& [word, number] : numbers_) all[static_cast<size_t>(number)] = word;
  return all;
}

CellColumn::CellColumn(const RawField& field, const CellRules& rules, int64_t examples,
                       const std::vector<std::string>* words)
    : field_(field), rules_(rules), writer_(field, examples), vocabulary_(vocabulary_for(field, rules, words)) {
  if (words) vocabulary_.close();
}

char* CellColumn::plain(int64_t element) {
  const bool any = field_.reading == Reading::Value && field_.element.kind == Element::Kind::Real && !field_.bytes &&
                   !field_.probability && !field_.positive && rules_.missing_numbers.empty();
  return any ? at(0, element) : nullptr;
}

std::string CellColumn::put(int64_t example, int64_t element, std::string_view cell, int64_t row) {
  double number = 0;
  const CellKind kind = kind_of_cell(cell, rules_, number);
  if (field_.reading == Reading::Missing) return writer_.put(example, element, kind == CellKind::Missing);
  if (kind == CellKind::Missing) return field_.optional ? std::string() : missing_cell(cell);
  switch (field_.reading) {
    case Reading::Value:
      if (has_labels()) return put_label(example, element, cell, kind, number, row);
      if (kind == CellKind::Word) return quoted(cell) + " is no number";
      return writer_.put(example, element, number);
    case Reading::Equals:
      matches_ = matches_ || trimmed(cell) == field_.word;
      return writer_.put(example, element, trimmed(cell) == field_.word);
    case Reading::Group:
      return writer_.put(example, element, vocabulary_.number_of(trimmed(cell)));
    case Reading::Order:
      if (kind == CellKind::Number) return writer_.put(example, element, number);
      [[fallthrough]];
    case Reading::Days:
    case Reading::Weekday:
    case Reading::Hour:
      if ((&dnnc_cell_dates)->read(trimmed(cell), field_.reading, number)) return writer_.put(example, element, number);
      return quoted(cell) + " is no " + (field_.reading == Reading::Order ? "number and no " : "") +
             "date like 2024-03-31 or 2024-03-31 14:30";
    case Reading::Missing:
      break;
  }
  return "";
}

std::string CellColumn::put_number(int64_t example, int64_t element, double number) {
  const bool missing = std::isnan(number);
  if (field_.reading == Reading::Missing) return writer_.put(example, element, missing);
  if (missing && field_.optional) return "";
  if (missing) return "is missing";
  const bool as_number =
      field_.reading == Reading::Value || field_.reading == Reading::Group || field_.reading == Reading::Order;
  return as_number ? writer_.put(example, element, number) : "is a number; the program reads a text here";
}

/// A column of labels holds whole numbers or words, but not both: one number that is misspelt would make words of all.
std::string CellColumn::put_label(int64_t example, int64_t element, std::string_view cell, CellKind kind, double number,
                                  int64_t row) {
  int64_t& first = kind == CellKind::Word ? word_row_ : number_row_;
  if (first == 0) first = row;
  const bool knows_words = !vocabulary_.empty();
  if (kind == CellKind::Number && !knows_words) return writer_.put(example, element, number);
  if (number_row_ != 0 && word_row_ != 0 && vocabulary_.open())
    return kind == CellKind::Word ? "holds a word where row " + std::to_string(number_row_) +
                                        " holds a number: classes are numbers or words"
                                  : "holds a number where row " + std::to_string(word_row_) +
                                        " holds a word: classes are numbers or words";
  if (!knows_words && !vocabulary_.open()) return quoted(cell) + " is no number";
  const std::string_view word = trimmed(cell);
  const int32_t label = vocabulary_.number_of(word.find('\n') == word.npos ? word : on_one_line(word));
  if (label < 0) return quoted(cell) + " is no class of the training rows";
  // One too many: end_words() says how many there are.
  return label < field_.element.classes ? writer_.put(example, element, label) : std::string();
}

std::string CellColumn::end_words(int64_t examples) {
  if (field_.reading != Reading::Value) return "";
  vocabulary_.close();
  if (vocabulary_.empty()) return "";
  const std::vector<int32_t> become = vocabulary_.sort();
  if (vocabulary_.size() > field_.element.classes) {
    std::vector<std::string> words = vocabulary_.words();
    std::erase(words, std::string());  // that of what is unknown
    return "has " + std::to_string(words.size()) + " different words where the program takes " +
           std::to_string(field_.element.classes) + " classes" +
           (rules_.unknown ? ", one of them for what is unknown" : "") + ": " + list_of(words);
  }
  for (int64_t example = 0; example < examples; ++example) {
    auto* labels = reinterpret_cast<int32_t*>(writer_.row(example));
    for (int64_t element = 0; element < field_.count(); ++element)
      labels[element] = become[static_cast<size_t>(labels[element])];
  }
  return "";
}

}  // namespace dnnc::runtime
