#include "runtime/run/table_lines.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "runtime/program/shown.h"
#include "runtime/run/report.h"

namespace dnnc::runtime {
namespace {

constexpr size_t longest_name = 30, between = 2;

size_t letters_of(const std::string& text) {
  return static_cast<size_t>(std::ranges::count_if(text, [](unsigned char byte) { return (byte & 0xC0) != 0x80; }));
}

/// A name on one line, cut where it is long.
std::string short_name(const std::string& name) {
  std::string text = shown(name);
  if (letters_of(text) <= longest_name) return text;
  size_t end = 0;
  for (size_t letters = 0; letters + 3 < longest_name; ++letters) do
      ++end;
    while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80);
  return text.substr(0, end) + "...";
}

std::string value_text(double value) {
  return std::isfinite(value) && value == std::round(value) && std::fabs(value) < 1e15
             ? std::to_string(static_cast<int64_t>(value))
             : short_number(value);
}

/// What stands in the lines: names of rows, then columns with their names above them.
struct Cells {
  std::vector<std::string> rows;
  std::vector<std::string> heads;
  std::vector<std::vector<std::string>> columns;
  size_t margin = 0;
  std::vector<size_t> widths;
};

void measure(Cells& cells) {
  cells.margin = 0;
  for (const std::string& row : cells.rows) cells.margin = std::max(cells.margin, letters_of(row));
  cells.widths.clear();
  for (size_t j = 0; j < cells.columns.size(); ++j) {
    size_t width = letters_of(cells.heads[j]);
    for (const std::string& cell : cells.columns[j]) width = std::max(width, cell.size());
    cells.widths.push_back(width);
  }
}

size_t width_of(const Cells& cells) {
  size_t width = cells.margin;
  for (const size_t column : cells.widths) width += between + column;
  return width;
}

std::string right(const std::string& text, size_t width) { return std::string(width - letters_of(text), ' ') + text; }

Cells cells_of(const MetricTable& table) {
  const auto name = [&](size_t axis, int64_t i) {
    const bool named = axis < table.names.size() && !table.names[axis].empty();
    return named ? short_name(table.names[axis][static_cast<size_t>(i)]) : std::to_string(i);
  };
  const int64_t rows = table.shape[0], columns = table.shape.size() > 1 ? table.shape[1] : 1;
  Cells cells;
  for (int64_t i = 0; i < rows; ++i) cells.rows.push_back(name(0, i));
  for (int64_t j = 0; j < columns; ++j) {
    cells.heads.push_back(table.shape.size() > 1 ? name(1, j) : "");
    cells.columns.emplace_back();
    for (int64_t i = 0; i < rows; ++i)
      cells.columns.back().push_back(value_text(table.values[static_cast<size_t>(i * columns + j)]));
  }
  measure(cells);
  return cells;
}

/// Numbers of columns in place of their names, which the rows have if both are the same.
void number(Cells& cells) {
  const bool same = cells.rows == cells.heads;
  const size_t digits = std::to_string(cells.heads.size() - 1).size();
  for (size_t k = 0; k < cells.heads.size(); ++k) {
    cells.heads[k] = std::to_string(k);
    if (same && cells.rows[k] != cells.heads[k]) cells.rows[k] = right(cells.heads[k], digits) + " " + cells.rows[k];
  }
  measure(cells);
}

std::string lines_of(const Cells& cells, size_t begin, size_t end) {
  const bool headed = std::ranges::any_of(cells.heads, [](const std::string& head) { return !head.empty(); });
  std::string text(headed ? cells.margin : 0, ' ');
  for (size_t j = begin; headed && j < end; ++j)
    text += std::string(between, ' ') + right(cells.heads[j], cells.widths[j]);
  if (headed) text += "\n";
  for (size_t i = 0; i < cells.rows.size(); ++i) {
    text += cells.rows[i] + std::string(cells.margin - letters_of(cells.rows[i]), ' ');
    for (size_t j = begin; j < end; ++j)
      text += std::string(between, ' ') + right(cells.columns[j][i], cells.widths[j]);
    text += "\n";
  }
  return text;
}

}  // namespace

size_t columns_of_output() {
  struct winsize size{};
  if (::isatty(STDOUT_FILENO) && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const char* const columns = std::getenv("COLUMNS");
  const long said = columns ? std::strtol(columns, nullptr, 10) : 0;
  return said > 0 ? static_cast<size_t>(said) : 80;
}

std::string table_text(const MetricTable& table, size_t width) {
  std::string title = table.name + "[";
  for (const std::string& axis : table.axes) title += (title.ends_with('[') ? "" : ", ") + axis;
  Cells cells = cells_of(table);
  if (width_of(cells) > width && cells.columns.size() > 1) number(cells);
  std::string text = title + "]\n";
  for (size_t begin = 0; begin < cells.columns.size();) {
    size_t end = begin, wide = cells.margin;
    while (end < cells.columns.size() && (end == begin || wide + between + cells.widths[end] <= width))
      wide += between + cells.widths[end++];
    text += lines_of(cells, begin, end);
    begin = end;
  }
  return text;
}

}  // namespace dnnc::runtime
