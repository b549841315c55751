#include "runtime/data/table_look.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "runtime/data/cell_column.h"
#include "runtime/data/column_names.h"
#include "runtime/data/source_table.h"
#include "runtime/files/csv.h"
#include "runtime/program/field_values.h"

namespace dnnc::runtime {
namespace {

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

bool begins_like_a_date(std::string_view word) {
  constexpr std::string_view form = "0000-00-00";
  if (word.size() < form.size()) return false;
  for (size_t k = 0; k < form.size(); ++k)
    if (form[k] == '0' ? !is_digit(word[k]) : word[k] != form[k]) return false;
  return true;
}

void add(ColumnLook& look, std::string_view cell, int64_t row, const CellRules& rules) {
  double number = 0;
  switch (kind_of_cell(cell, rules, number)) {
    case CellKind::Missing:
      return;
    case CellKind::Number:
      look.least = look.numbers ? std::min(look.least, number) : number;
      look.most = look.numbers ? std::max(look.most, number) : number;
      look.whole = look.whole && number == std::floor(number);
      ++look.numbers;
      return;
    case CellKind::Word:
      if (look.words++ == 0) look.word_row = row, look.word = trimmed(cell);
      if (look.different.size() < most_different) look.different.emplace(trimmed(cell));
      return;
  }
}

/// What a field made of the column can be called.
std::string word_for(const std::string& header, const std::string& column) {
  if (column == header || column == source_words::features) return column;
  const std::string word = header_word(header);
  return word.empty() || is_digit(word.front()) ? "_" + word : word;
}

/// 1,5 where 1.5 is meant.
bool has_decimal_comma(std::string_view cell) {
  const size_t comma = cell.find(',');
  std::string number(cell);
  double value;
  return comma != std::string_view::npos && read_number(number.replace(comma, 1, "."), value);
}

std::string number_of_words(const ColumnLook& look, bool all) {
  const size_t count = look.different.size();
  if (count >= most_different) return "1,000 different words or more";
  return std::to_string(count) + (count == 1 ? " word" : " different words") +
         (all ? "" : " in its first " + std::to_string(rows_of_a_look) + " rows");
}

/// What to write for a column of words.
std::string use_of_words(const std::string& name, const ColumnLook& look) {
  if (look.holds_dates()) return name + " = days(" + name + ")";
  if (look.different.size() == 2) return name + " = " + name + " == \"" + *look.different.rbegin() + "\"";
  return name + ": class[" + std::to_string(look.different.size()) + "], and give the net one_hot(" + name + ")";
}

}  // namespace

bool ColumnLook::holds_dates() const { return words > 0 && std::ranges::all_of(different, begins_like_a_date); }

TableLook look_at(const TableText& table, const CellRules& rules, size_t columns, int64_t rows) {
  TableLook look;
  look.columns.resize(columns);
  CsvReader reader(table.text, table.file, rules.separator);
  std::vector<std::string_view> cells;
  reader.next(cells);
  while (reader.next(cells)) {
    if (rows-- == 0) {
      look.all = false;
      break;
    }
    for (size_t place = 0; place < std::min(columns, cells.size()); ++place)
      add(look.columns[place], cells[place], reader.row(), rules);
  }
  return look;
}

std::string written_column(const std::string& header) {
  const auto in_words = [](unsigned char letter) { return std::isalnum(letter) || letter == '_'; };
  const bool is_word = !header.empty() && std::ranges::all_of(header, in_words) && !is_digit(header.front());
  return is_word ? header : "column(\"" + header + "\")";
}

std::string advice_for(const RawField& field, const std::string& target, const std::string& header,
                       const std::string& cell, const ColumnLook& look, const CellRules& rules) {
  const std::string help = "\n  help: ";
  // What is changed is called by a word, whatever its column is called.
  const std::string column =
      field.column_name() == source_words::features ? source_words::features : written_column(header);
  const bool is_label = field.element.kind == Element::Kind::Class;
  double number = 0;
  switch (kind_of_cell(cell, rules, number)) {
    case CellKind::Missing:
      if (field.name == target) return help + "a row without its target teaches nothing: leave it out of the file";
      if (field.reading == Reading::Group) return "";
      return help + "write " + word_for(header, column) + " = impute(" + column + ", by: " + filling_for(field) +
             ") to fill what is missing";
    case CellKind::Word:
      if (field.reading != Reading::Value || is_label) return "";
      if (rules.decimal == '.' && has_decimal_comma(cell)) return help + "csv(..., decimal: \",\") reads such numbers";
      if (!look.holds_words()) return help + "if it stands for what is missing: csv(..., missing: [\"" + cell + "\"])";
      if (look.different.size() >= most_different || look.different.size() < 2 || column == source_words::features)
        return "";
      return help + "it is one of " + number_of_words(look, true) + ": write " + use_of_words(column, look);
    case CellKind::Number:
      if (!is_label || look.words > 0 || !look.whole || look.least < 1) return "";
      if (look.most - look.least + 1 != static_cast<double>(field.element.classes)) return "";
      return help + "its labels are " + value_text(look.least) + " to " + value_text(look.most) + ": write " + column +
             " = " + column + " - " + value_text(look.least);
  }
  return "";
}

bool is_index_name(const std::string& header) { return header.empty() || header.starts_with("Unnamed: "); }

std::string left_out(const std::string& header, const ColumnLook& look, bool all) {
  if (is_index_name(header)) return header.empty() ? "a column without a name" : header + ", a column without a name";
  if (look.words == 0) return header;
  std::string text = header + ", " + (look.holds_dates() ? "dates" : number_of_words(look, all));
  const bool few = all && look.different.size() < most_different && look.different.size() > 1;
  return few || look.holds_dates() ? text + ": write " + use_of_words(written_column(header), look) : text;
}

}  // namespace dnnc::runtime
