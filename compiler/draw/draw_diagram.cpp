#include <algorithm>
#include <cmath>

#include "compiler/draw/parts.h"

namespace dnnc::chart {
namespace {

constexpr double beside = 26, below = 46, padding = 12, radius = 9, arrow = 9;

struct Layout {
  std::vector<Area> boxes;
  double height = 0;
};

/// A box stands below all that lead to it.
std::vector<size_t> ranks_of(const Diagram& diagram) {
  std::vector<size_t> ranks(diagram.boxes.size(), 0);
  bool changed = true;
  for (size_t round = 0; changed && round <= ranks.size(); ++round) {
    changed = false;
    for (const Diagram::Arrow& each : diagram.arrows)
      if (ranks[each.to] < ranks[each.from] + 1) {
        ranks[each.to] = ranks[each.from] + 1;
        changed = true;
      }
  }
  return ranks;
}

/// Boxes of a rank in the order in which what leads to them stands, so that few arrows cross.
std::vector<std::vector<size_t>> rows_of(const Diagram& diagram) {
  const std::vector<size_t> ranks = ranks_of(diagram);
  std::vector<std::vector<size_t>> rows;
  for (size_t k = 0; k < ranks.size(); ++k) {
    if (ranks[k] >= rows.size()) rows.resize(ranks[k] + 1);
    rows[ranks[k]].push_back(k);
  }
  std::vector<double> places(ranks.size(), 0);
  for (auto& row : rows) {
    std::vector<double> wanted(ranks.size(), 0);
    for (const size_t box : row) {
      double sum = 0;
      int count = 0;
      for (const Diagram::Arrow& each : diagram.arrows)
        if (each.to == box) {
          sum += places[each.from];
          ++count;
        }
      wanted[box] = count > 0 ? sum / count : 0;
    }
    std::ranges::stable_sort(row, {}, [&](size_t box) { return wanted[box]; });
    for (size_t k = 0; k < row.size(); ++k)
      places[row[k]] = static_cast<double>(k) - static_cast<double>(row.size() - 1) / 2;
  }
  return rows;
}

Layout layout_of(const Canvas& canvas, const Diagram& diagram, double width) {
  Layout layout;
  layout.boxes.resize(diagram.boxes.size());
  double y = 0;
  for (const auto& row : rows_of(diagram)) {
    const auto count = static_cast<double>(row.size());
    const double most = (width - beside * (count - 1)) / count;
    double all = 0, highest = 0;
    for (const size_t k : row) {
      const Diagram::Box& box = diagram.boxes[k];
      double wide = canvas.width_of(box.title, panel_font);
      for (const std::string& text : box.lines) wide = std::max(wide, canvas.width_of(text, small_font));
      const double high = padding * 1.6 + panel_font.size * 1.15 +
                          static_cast<double>(box.lines.size()) * small_font.size * line_height;
      layout.boxes[k] = {0, y, std::min(most, std::max(190.0, wide + 2 * padding)), high};
      all += layout.boxes[k].width;
      highest = std::max(highest, high);
    }
    double x = (width - all - beside * (count - 1)) / 2;
    for (const size_t k : row) {
      layout.boxes[k].x = x;
      x += layout.boxes[k].width + beside;
    }
    y += highest + below;
  }
  layout.height = std::max(0.0, y - below);
  return layout;
}

}  // namespace

double height_of(const Canvas& canvas, const Diagram& diagram, double width) {
  return layout_of(canvas, diagram, width).height + 6;
}

void draw(Canvas& canvas, const Diagram& diagram, const Area& area) {
  Layout layout = layout_of(canvas, diagram, area.width);
  for (Area& box : layout.boxes) {
    box.x += area.x;
    box.y += area.y + 2;
  }
  const Paint quiet = canvas.paint(Role::Quiet), ink = canvas.paint(Role::Ink);
  for (const Diagram::Arrow& each : diagram.arrows) {
    const Area &from = layout.boxes[each.from], &to = layout.boxes[each.to];
    const Place begin = {from.x + from.width / 2, from.bottom()}, end = {to.x + to.width / 2, to.y - arrow};
    canvas.curve(begin, end, 2, quiet);
    canvas.triangle({end.x - arrow * 0.6, end.y}, {end.x + arrow * 0.6, end.y}, {end.x, end.y + arrow}, quiet);
    if (!each.text.empty())
      canvas.text({(begin.x + end.x) / 2 + 10, (begin.y + end.y) / 2 + small_font.size * 0.4}, each.text, small_font,
                  quiet);
  }
  for (size_t k = 0; k < diagram.boxes.size(); ++k) {
    const Diagram::Box& box = diagram.boxes[k];
    const Area& at = layout.boxes[k];
    const Paint paint = canvas.paint(box.colour);
    canvas.fill_round(at, radius, background(canvas.theme()));
    canvas.fill_round(at, radius, paint.with_opacity(0.14));
    canvas.frame_round(at, radius, 2, paint);
    double y = at.y + padding * 0.8 + panel_font.size * 0.9;
    const double middle = at.x + at.width / 2, room = at.width - padding;
    canvas.text({middle, y}, canvas.fitted(box.title, panel_font, room), panel_font, ink, Align::Middle);
    for (const std::string& text : box.lines)
      canvas.text({middle, y += small_font.size * line_height}, canvas.fitted(text, small_font, room), small_font, ink,
                  Align::Middle);
  }
}

}  // namespace dnnc::chart
