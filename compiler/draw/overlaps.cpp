#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "compiler/draw/parts.h"

namespace dnnc::chart {
namespace {

constexpr size_t places_along = 128;
/// How near lines are that hide each other, of the height, and of how many places at least.
constexpr double hidden_within = 0.006;
constexpr size_t least_hidden = places_along / 4;

/// How high a line is at places from the left to the right of the plot, NaN where it is not.
using Heights = std::array<double, places_along>;

Heights heights_of(const Line& line, const Plot& plot, const Spans& spans) {
  Heights heights;
  heights.fill(std::nan(""));
  size_t next = 1;
  for (size_t k = 0; k < places_along; ++k) {
    const double x = (static_cast<double>(k) + 0.5) / places_along;
    const auto along = [&](size_t point) { return place(plot.x, spans.x, line.x[point]); };
    while (next < line.x.size() && !(along(next) >= x)) ++next;
    if (next >= line.x.size() || !(along(next - 1) <= x)) continue;
    const double left = along(next - 1), right = along(next);
    const double from = place(plot.y, spans.y, line.y[next - 1]), to = place(plot.y, spans.y, line.y[next]);
    heights[k] = right > left ? from + (to - from) * (x - left) / (right - left) : to;
  }
  return heights;
}

bool hide(const Heights& one, const Heights& other) {
  size_t near = 0;
  for (size_t k = 0; k < places_along; ++k) near += std::abs(one[k] - other[k]) <= hidden_within;
  return near >= least_hidden;
}

/// Whether strokes say something already, as where training and validation of several runs have the colour of their run.
bool strokes_mean_something(const Plot& plot) {
  std::set<std::pair<Role, int>> colours;
  for (const Mark& mark : plot.marks)
    if (const Line* line = std::get_if<Line>(&mark); line && !line->name.empty())
      if (!colours.insert({line->colour.role, line->colour.number}).second) return true;
  return false;
}

/// Of each line that hides another as it is, the stroke with which it does not, by its name.
void look_for_hidden(const Plot& plot, std::map<std::string, Stroke>& strokes) {
  if (strokes_mean_something(plot)) return;
  const Spans spans = spans_of(plot);
  struct Drawn {
    Heights heights;
    Stroke stroke;
  };
  std::vector<Drawn> drawn;
  for (const Mark& mark : plot.marks) {
    const Line* const line = std::get_if<Line>(&mark);
    if (!line || line->name.empty() || line->stairs || !std::ranges::is_sorted(line->x)) continue;
    const Heights heights = heights_of(*line, plot, spans);
    Stroke stroke = strokes.contains(line->name) ? strokes[line->name] : line->stroke;
    const auto is_hidden = [&](const Drawn& before) {
      return before.stroke == stroke && hide(before.heights, heights);
    };
    for (const Stroke other : {Stroke::Dashed, Stroke::Dotted})
      if (std::ranges::any_of(drawn, is_hidden)) stroke = other;
    if (stroke != line->stroke) strokes[line->name] = stroke;
    drawn.push_back({heights, stroke});
  }
}

}  // namespace

Figure told_apart(Figure figure) {
  std::map<std::string, Stroke> strokes;
  for (const Panel& panel : figure.panels)
    if (const Plot* plot = std::get_if<Plot>(&panel.content)) look_for_hidden(*plot, strokes);
  for (Panel& panel : figure.panels)
    if (Plot* plot = std::get_if<Plot>(&panel.content))
      for (Mark& mark : plot->marks)
        if (Line* line = std::get_if<Line>(&mark); line && strokes.contains(line->name))
          line->stroke = strokes[line->name];
  return figure;
}

}  // namespace dnnc::chart
