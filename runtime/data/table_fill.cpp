#include "runtime/data/table_fill.h"

#include <cstring>

#include "runtime/files/csv.h"

// The only part of reading a table that its size decides: what is rare stands in CellColumn.
namespace dnnc::runtime {

static constexpr int64_t rows_between_reports = 1 << 16;

template <class T>
static void store(char* place, double number) {
  const T value = static_cast<T>(number);
  std::memcpy(place, &value, sizeof value);
}

int64_t Filler::fill(const TableText& text, int64_t first) const {
  CsvReader reader(text.text, text.file, table_.rules.separator);
  std::vector<std::string_view> cells;
  reader.next(cells);
  std::vector<std::vector<Seen>> seen(takers_.size());
  int64_t example = first;
  for (; reader.next(cells); ++example) {
    if (cells.size() != table_.names.size())
      refuse(
          text.file, "row " + std::to_string(reader.row()),
          "has " + std::to_string(cells.size()) + " cells where the header has " + std::to_string(table_.names.size()));
    for (size_t k = 0; k < takers_.size(); ++k) {
      const Taker& taker = takers_[k];
      double number;
      const bool plain =
          (taker.plain || taker.marks) && read_plain_number(cells[taker.place], number, table_.rules.decimal);
      if (plain && taker.plain)
        (taker.precise ? store<double> : store<float>)(taker.plain + example * taker.row_bytes, number);
      else if (!plain) take_again(taker, text, cells[taker.place], example, reader.row(), seen[k]);
    }
    if ((example + 1) % rows_between_reports == 0 && options_.progress)
      options_.progress("reading " + text.file, static_cast<int64_t>(reader.at()),
                        static_cast<int64_t>(text.text.size()));
  }
  return example - first;
}

void Filler::take_again(const Taker& taker, const TableText& text, std::string_view cell, int64_t example, int64_t row,
                        std::vector<Seen>& seen) const {
  constexpr size_t kept_cells = 64, longest = 24;
  if (cell.empty() || cell.size() > longest) return take(taker, text, cell, example, row);
  if (seen.empty()) seen.resize(kept_cells);
  Seen& last = seen[std::hash<std::string_view>()(cell) % kept_cells];
  char* const place = taker.column->cells.at(example, taker.element);
  if (last.cell == cell) {
    std::memcpy(place, last.value.data(), static_cast<size_t>(taker.bytes));
    return;
  }
  take(taker, text, cell, example, row);
  last.cell = cell;
  std::memcpy(last.value.data(), place, static_cast<size_t>(taker.bytes));
}

}  // namespace dnnc::runtime
