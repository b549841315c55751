#include <algorithm>
#include <cmath>

#include "compiler/draw/parts.h"

namespace dnnc::chart {
namespace {

constexpr double row_height = 30;

double widest_text(const Canvas& canvas, const std::vector<std::string>& texts, Font font) {
  double width = 0;
  for (const std::string& text : texts) width = std::max(width, canvas.width_of(text, font));
  return width;
}

struct Grid {
  double left = 0, top = 0, cell_width = 0, cell_height = 0;
  double names = 0;         ///< room of a row's name
  bool turned = false;      ///< names of columns
  double column_names = 0;  ///< their height
};

Grid grid_of(const Canvas& canvas, const Matrix& matrix, double width) {
  Grid grid;
  grid.names = std::min(width * 0.28, widest_text(canvas, matrix.rows, text_font));
  grid.left = text_font.size * 1.7 + grid.names + 10;
  const double room = width - grid.left - 4;
  grid.cell_width = std::min(110.0, room / static_cast<double>(std::max<size_t>(1, matrix.columns.size())));
  grid.cell_height = std::clamp(grid.cell_width * 0.75, 22.0, 62.0);
  const double wide = widest_text(canvas, matrix.columns, text_font);
  grid.turned = wide > grid.cell_width - 4;
  grid.column_names = grid.turned ? std::min(wide, 170.0) + 8 : text_font.size * 1.4;
  grid.top = text_font.size * 1.6 + grid.column_names;
  return grid;
}

double largest_of_row(const Matrix& matrix, size_t row) {
  double sum = 0;
  for (size_t column = 0; column < matrix.columns.size(); ++column)
    sum += std::max(0.0, matrix.values[row * matrix.columns.size() + column]);
  return sum;
}

/// The largest size in which numbers have room.
Font font_of_cells(const Canvas& canvas, const Matrix& matrix, const Grid& grid) {
  std::vector<std::string> texts;
  for (const double value : matrix.values) texts.push_back(number_text(value));
  Font font = text_font;
  while (font.size > 6 && widest_text(canvas, texts, font) > grid.cell_width - 6) font.size -= 1;
  return font;
}

bool looks_like_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789.,+-−e%∞ ") == text.npos;
}

std::vector<double> column_widths(const Canvas& canvas, const Table& table, double width) {
  std::vector<double> widths(table.header.size(), 0);
  for (size_t k = 0; k < widths.size(); ++k) {
    widths[k] = canvas.width_of(table.header[k], small_bold);
    for (const auto& row : table.rows)
      if (k < row.size()) widths[k] = std::max(widths[k], canvas.width_of(row[k], small_font));
    widths[k] += 26;
  }
  double all = 0;
  for (const double one : widths) all += one;
  for (double& one : widths) one *= all > width ? width / all : 1;
  return widths;
}

}  // namespace

double height_of(const Canvas& canvas, const Matrix& matrix, double width) {
  const Grid grid = grid_of(canvas, matrix, width);
  return grid.top + grid.cell_height * static_cast<double>(matrix.rows.size()) + 12;
}

void draw(Canvas& canvas, const Matrix& matrix, const Area& area) {
  const Grid grid = grid_of(canvas, matrix, area.width);
  const Paint ink = canvas.paint(Role::Ink), ground = background(canvas.theme());
  const Font font = font_of_cells(canvas, matrix, grid);
  const double wide = grid.cell_width * static_cast<double>(matrix.columns.size());
  const double high = grid.cell_height * static_cast<double>(matrix.rows.size());
  const Place corner = {area.x + grid.left, area.y + grid.top};
  canvas.text({corner.x + wide / 2, area.y + text_font.size},
              canvas.fitted(matrix.column_title, text_font, wide + grid.left), text_font, ink, Align::Middle);
  canvas.text({area.x + text_font.size * 0.95, corner.y + high / 2},
              canvas.fitted(matrix.row_title, text_font, high + grid.top), text_font, ink, Align::Middle,
              -1.5707963267948966);
  for (size_t column = 0; column < matrix.columns.size(); ++column) {
    const double x = corner.x + (static_cast<double>(column) + 0.5) * grid.cell_width;
    const std::string name =
        canvas.fitted(matrix.columns[column], text_font, grid.turned ? grid.column_names - 8 : grid.cell_width - 4);
    if (grid.turned)
      canvas.text({x + text_font.size * 0.36, corner.y - 6}, name, text_font, ink, Align::Left, -1.5707963267948966);
    else canvas.text({x, corner.y - 8}, name, text_font, ink, Align::Middle);
  }
  for (size_t row = 0; row < matrix.rows.size(); ++row) {
    const double y = corner.y + static_cast<double>(row) * grid.cell_height;
    const double largest = largest_of_row(matrix, row);
    canvas.text({corner.x - 9, y + grid.cell_height / 2 + text_font.size * 0.36},
                canvas.fitted(matrix.rows[row], text_font, grid.names), text_font, ink, Align::Right);
    for (size_t column = 0; column < matrix.columns.size(); ++column) {
      const double value = matrix.values[row * matrix.columns.size() + column];
      const Colour colour = {row == column ? Role::Kept : Role::Bad};
      const double part = largest > 0 && value > 0 ? 0.1 + 0.9 * value / largest : 0;
      const Paint paint = between(ground, canvas.paint(colour), part);
      const Area cell = {corner.x + static_cast<double>(column) * grid.cell_width, y, grid.cell_width,
                         grid.cell_height};
      canvas.fill(cell, paint);
      canvas.frame(cell, 1, canvas.paint(Role::Quiet).with_opacity(0.4));
      canvas.text({cell.x + cell.width / 2, cell.y + cell.height / 2 + font.size * 0.36}, number_text(value), font,
                  value == 0 ? canvas.paint(Role::Quiet) : readable_on(paint), Align::Middle);
    }
  }
}

double height_of(const Canvas&, const Table& table, double) {
  return row_height * static_cast<double>(table.rows.size() + 1) + 8;
}

void draw(Canvas& canvas, const Table& table, const Area& area) {
  const std::vector<double> widths = column_widths(canvas, table, area.width);
  const Paint ink = canvas.paint(Role::Ink), quiet = canvas.paint(Role::Quiet);
  double all = 0;
  for (const double one : widths) all += one;
  std::vector<bool> right(widths.size(), true);
  for (const auto& row : table.rows)
    for (size_t k = 0; k < row.size() && k < right.size(); ++k) right[k] = right[k] && looks_like_number(row[k]);
  const auto write = [&](const std::vector<std::string>& row, double y, Font font) {
    double x = area.x;
    for (size_t k = 0; k < widths.size() && k < row.size(); x += widths[k++])
      canvas.text({right[k] ? x + widths[k] - 13 : x + 13, y + row_height * 0.7},
                  canvas.fitted(row[k], font, widths[k] - 20), font, ink, right[k] ? Align::Right : Align::Left);
  };
  write(table.header, area.y, small_bold);
  canvas.line({{area.x, area.y + row_height}, {area.x + all, area.y + row_height}}, 1.6, quiet);
  for (size_t k = 0; k < table.rows.size(); ++k) {
    const double y = area.y + row_height * static_cast<double>(k + 1);
    if (k % 2 == 1) canvas.fill({area.x, y, all, row_height}, quiet.with_opacity(0.1));
    write(table.rows[k], y, small_font);
  }
}

}  // namespace dnnc::chart
