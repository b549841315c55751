#include <algorithm>
#include <cctype>
#include <cmath>

#include "runtime/data/cell_column.h"
#include "runtime/data/column_names.h"
#include "runtime/data/source_table.h"
#include "runtime/data/split.h"
#include "runtime/data/table_look.h"
#include "runtime/files/csv.h"
#include "runtime/program/field_values.h"
#include "runtime/program/nearest.h"

// What people are told to write for cells that do not fit. No trainer but of data with cells holds it.
namespace dnnc::runtime {
namespace {

bool begins_with_digit(const std::string& word) { return word.front() >= '0' && word.front() <= '9'; }

/// How a program names the column: as it stands, or column("2nd flr").
std::string written_column(const std::string& header) {
  const auto in_words = [](unsigned char letter) { return std::isalnum(letter) || letter == '_'; };
  const bool is_word = !header.empty() && std::ranges::all_of(header, in_words) && !begins_with_digit(header);
  if (is_word) return header;
  std::string text = std::string(source_words::column) + "(\"";
  for (const char letter : header) text += (letter == '"' || letter == '\\' ? "\\" : "") + std::string(1, letter);
  return text + "\")";
}

std::string as_word(const std::string& text) {
  const std::string word = header_word(text);
  return word.empty() || begins_with_digit(word) ? "_" + word : word;
}

/// What a field made of the column can be called.
std::string word_for(const std::string& name, const std::string& column) {
  return column == name || column == source_words::features ? column : as_word(name);
}

/// 1,5 where 1.5 is meant.
bool has_decimal_comma(std::string_view cell) {
  const size_t comma = cell.find(',');
  std::string number(cell);
  double value;
  return comma != std::string_view::npos && read_number(number.replace(comma, 1, "."), value);
}

/// 1,000 and 1,234,567: a comma before each three digits.
bool has_thousands(std::string_view cell) {
  const size_t first = cell.find(',');
  if (first == std::string_view::npos || first == 0 || first > 4) return false;
  for (size_t k = 0; k < cell.size(); ++k) {
    const bool comma = k >= first && (k - first) % 4 == 0;
    const bool sign = k == 0 && (cell[k] == '-' || cell[k] == '+');
    if (comma ? cell[k] != ',' : !sign && (cell[k] < '0' || cell[k] > '9')) return false;
  }
  return (cell.size() - first) % 4 == 0;
}

/// 10%, $10, 1 000 are meant to be numbers; a stand-in for one, like - or none, has no digit.
bool has_digit(std::string_view cell) { return cell.find_first_of("0123456789") != std::string_view::npos; }

/// What to do about numbers with commas; empty if the cell is none.
std::string advice_for_commas(const std::string& cell, const CellRules& rules, const ColumnLook& look) {
  const bool grouped = has_thousands(cell);
  if (rules.decimal != '.' || !(grouped || has_decimal_comma(cell))) return "";
  const bool all_grouped = std::ranges::all_of(look.different, has_thousands);
  if (grouped && (rules.separator == ',' || all_grouped || !has_decimal_comma(cell)))
    return "a number has no commas between its thousands: take them away in the file" +
           std::string(rules.separator == ',' || !has_decimal_comma(cell)
                           ? ""
                           : "; where they begin decimals, csv(..., decimal: \",\") reads them");
  if (rules.separator == ',')
    return "part the cells by another sign, csv(..., separator: \";\", decimal: \",\"), or " +
           std::string("write 1.5 for 1,5");
  return "csv(..., decimal: \",\") reads such numbers";
}

std::string number_of_words(const ColumnLook& look, bool all) {
  const size_t count = look.different.size();
  if (count >= most_different) return "1,000 different words or more";
  return std::to_string(count) + (count == 1 ? " word" : " different words") +
         (all ? "" : " in its first " + std::to_string(rows_of_a_look) + " rows");
}

/// What to write for a column of words.
std::string use_of_words(const std::string& name, const std::string& column, const ColumnLook& look) {
  if (look.holds_dates()) return name + " = days(" + column + ")";
  if (look.different.size() == 2) return name + " = " + column + " == \"" + *look.different.rbegin() + "\"";
  return name + ": class[" + std::to_string(look.different.size()) + "], and give the net one_hot(" + name + ")";
}

/// What may stand for missing values in a column of numbers: all words that are none, if they are few.
std::vector<std::string> stand_ins(const ColumnLook& look, const std::string& cell) {
  constexpr size_t most_words = 4;
  std::vector<std::string> words;
  std::ranges::copy_if(look.different, std::back_inserter(words), [](const auto& word) { return !has_digit(word); });
  return words.size() > most_words || words.empty() ? std::vector{cell} : words;
}

std::string as_list(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "[\"" : ", \"") + word + "\"";
  return list + "]";
}

std::string advice_for_missing(const RefusedCell& cell, const std::string& name, const std::string& column,
                               const std::string& target) {
  const RawField& field = cell.field;
  if (field.column_name() == target) return "a row without its target teaches nothing: leave it out of the file";
  if (field.reading == Reading::Group) return "leave the row out of the file, or give it a group";
  if (field.reading == Reading::Order) return "leave the row out of the file, or say where it stands among the others";
  const bool compared = field.reading == Reading::Equals, plain = field.reading == Reading::Value;
  const std::string formula = compared ? column + " == \"" + field.word + "\""
                              : plain  ? column
                                       : std::string(word_of(field.reading)) + "(" + column + ")";
  const std::string filled = plain ? name : as_word(formula);
  const std::string line =
      "write " + filled + " = impute(" + formula + ", by: " + (compared ? "0" : filling_for(field)) + ")";
  const std::string reach = column == source_words::features && cell.column != column
                                ? ": a line for `" + cell.column + "` alone does not reach `" + column + "`"
                                : "";
  return line + " to fill what is missing, " +
         (filled == formula ? "before other lines that read " + filled : "and " + filled + " in place of " + formula) +
         reach;
}

std::string advice_for_word(const RefusedCell& cell, const std::string& name, const std::string& column,
                            const std::string& target, const ColumnLook& look, const CellRules& rules) {
  if (cell.field.reading != Reading::Value) return "";
  if (const std::string commas = advice_for_commas(cell.text, rules, look); !commas.empty()) return commas;
  if (look.numbers > 0 && has_digit(cell.text)) return "numbers are written like 1000, 0.5 or -2: change the file";
  if (look.numbers > 0 && cell.field.name == target) return "";
  if (look.numbers > 0) {
    const std::vector<std::string> words = stand_ins(look, cell.text);
    return "if " + std::string(words.size() > 1 ? "words stand" : "it stands") +
           " for what is missing: missing: " + as_list(words) + " in the source";
  }
  const size_t count = look.different.size();
  if (cell.field.element.kind == Element::Kind::Class || count >= most_different || count < 2 ||
      column == source_words::features)
    return "";
  const std::string words = "it is one of " + number_of_words(look, true) + ": ";
  if (cell.field.name == target && count > 2 && !look.holds_dates())
    return words + "its head is class[" + std::to_string(count) + "]";
  return words + "write " + use_of_words(name, column, look);
}

/// Labels that do not count from 0, or are more than the program takes; for yes and no two other numbers.
std::string advice_for_number(const RefusedCell& cell, const std::string& name, const std::string& column,
                              const ColumnLook& look) {
  const RawField& field = cell.field;
  const bool is_label = field.element.kind == Element::Kind::Class;
  if (field.reading != Reading::Value || look.words > 0 || !(is_label || field.probability)) return "";
  const std::set<double>& different = look.different_numbers;
  if (field.probability && different.size() == 2)
    return "it holds " + value_text(*different.begin()) + " and " + value_text(*different.rbegin()) + ": write " +
           name + " = " + column + " == " + value_text(*different.rbegin());
  const double count = look.most - look.least + 1;
  if (!look.whole || count > static_cast<double>(most_different)) return "";
  const bool fits = is_label && count == static_cast<double>(field.element.classes);
  const std::string shifted =
      name + " = " + column + (look.least < 0 ? " + " : " - ") + value_text(std::abs(look.least));
  const std::string labels = "its labels are " + value_text(look.least) + " to " + value_text(look.most) + ": ";
  if (fits) return look.least == 0 ? "" : labels + "write " + shifted;
  return labels + "that is class[" + value_text(count) + "]" + (look.least == 0 ? "" : ", with " + shifted);
}

std::string advice_for(const RefusedCell& cell, const std::string& target, const ColumnLook& look,
                       const CellRules& rules) {
  if (!cell.of_training && cell.kind != CellKind::Missing) return "";
  // What is changed is called by a word, whatever its column is called.
  const bool features = cell.field.column_name() == source_words::features;
  const std::string& called = features ? source_words::features : cell.field.column_name();
  const std::string column = features ? called : written_column(called);
  const std::string name = word_for(called, column);
  const std::string advice = cell.kind == CellKind::Missing ? advice_for_missing(cell, name, column, target)
                             : cell.kind == CellKind::Word  ? advice_for_word(cell, name, column, target, look, rules)
                                                            : advice_for_number(cell, name, column, look);
  return advice.empty() ? "" : "\n  help: " + advice;
}

std::string note_of_no_match(const RawField& field, const std::string& column, const ColumnLook& look) {
  const std::vector<std::string> words(look.different.begin(), look.different.end());
  if (field.reading != Reading::Equals || std::ranges::find(words, field.word) != words.end()) return "";
  std::string note = "no cell of `" + column + "` is `" + field.word + "`";
  if (const std::optional<std::string> meant = nearest(field.word, words)) return note + ": is `" + *meant + "` meant?";
  constexpr size_t most_listed = 12;
  for (size_t k = 0; k < std::min(words.size(), most_listed); ++k) note += (k ? ", " : ": its words are ") + words[k];
  return note + (words.size() > most_listed ? ", ..." : "");
}

std::string note_of_labels(const RawField& field, const FieldData& labels, int64_t examples) {
  int32_t most = 0, least = INT32_MAX;
  for (int64_t row = 0; row < examples && least > 0; ++row) {
    const int32_t label = class_of(labels, static_cast<uint32_t>(row));
    most = std::max(most, label);
    least = std::min(least, label);
  }
  if (least != 1 || most == 1 || most != field.element.classes - 1) return "";
  const std::string& name = field.name;
  return "the labels of `" + name + "` are 1 to " + std::to_string(most) + ", class 0 has no example: that is class[" +
         std::to_string(most) + "], with " + name + " = " + name + " - 1";
}

std::string left_out(const std::string& header, const ColumnLook& look, bool all, const CellRules& rules) {
  if (is_index_name(header)) return header.empty() ? "a column without a name" : header + ", a column without a name";
  if (look.words == 0) return header;
  if (const std::string commas = advice_for_commas(look.word, rules, look); !commas.empty())
    return header + ", numbers like " + look.word + ": " + commas;
  if (look.numbers > 0)
    return header + ", numbers and words, like `" + look.word + "` in row " + std::to_string(look.word_row);
  const std::string column = written_column(header);
  std::string text = header + ", " + (look.holds_dates() ? "dates" : number_of_words(look, all));
  const bool few = all && look.different.size() < most_different && look.different.size() > 1;
  return few || look.holds_dates() ? text + ": write " + use_of_words(word_for(header, column), column, look) : text;
}

}  // namespace
}  // namespace dnnc::runtime

extern "C" {
extern const dnnc::runtime::CellAdviser dnnc_cell_advice;
const dnnc::runtime::CellAdviser dnnc_cell_advice = {dnnc::runtime::advice_for, dnnc::runtime::note_of_no_match,
                                                     dnnc::runtime::note_of_labels, dnnc::runtime::left_out};
}
