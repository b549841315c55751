#include "runtime/data/table_look.h"

#include <algorithm>
#include <cmath>

#include "runtime/files/csv.h"

// Null in a trainer whose data have no cells.
extern "C" __attribute__((weak)) const dnnc::runtime::CellAdviser dnnc_cell_advice;

namespace dnnc::runtime {
namespace {

bool begins_like_a_date(std::string_view word) {
  constexpr std::string_view form = "0000-00-00";
  if (word.size() < form.size()) return false;
  for (size_t k = 0; k < form.size(); ++k)
    if (form[k] == '0' ? word[k] < '0' || word[k] > '9' : word[k] != form[k]) return false;
  return true;
}

}  // namespace

void ColumnLook::add_number(double number) {
  constexpr size_t enough = 3;  // yes and no are two
  least = numbers ? std::min(least, number) : number;
  most = numbers ? std::max(most, number) : number;
  whole = whole && number == std::floor(number);
  if (different_numbers.size() < enough) different_numbers.insert(number);
  ++numbers;
}

void ColumnLook::add_cell(std::string_view cell, int64_t row, const CellRules& rules) {
  double number = 0;
  const CellKind kind = kind_of_cell(cell, rules, number);
  if (kind == CellKind::Number) add_number(number);
  if (kind != CellKind::Word) return;
  if (words++ == 0) word_row = row, word = trimmed(cell);
  if (different.size() < most_different) different.emplace(trimmed(cell));
}

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
      look.columns[place].add_cell(cells[place], reader.row(), rules);
  }
  return look;
}

const CellAdviser* cell_adviser() { return &dnnc_cell_advice; }

bool is_index_name(const std::string& header) { return header.empty() || header.starts_with("Unnamed: "); }

}  // namespace dnnc::runtime
