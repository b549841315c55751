#include <algorithm>
#include <cmath>

#include "compiler/draw/parts.h"

namespace dnnc::chart {
namespace {

constexpr double sample_width = 34, gap = 8, entry_gap = 24, ramp_width = 20;
/// How high a plot is to its width, beside what stands around it.
constexpr double usual_shape = 0.56, least_height = 240;

struct Entry {
  const Mark* mark;
  std::string name;
  Place at;  ///< of the sample's upper left corner
};

/// Entries in rows above the plot.
struct Legend {
  std::vector<Entry> entries;
  double height = 0;
};

Legend legend_of(const Canvas& canvas, const Plot& plot, double width) {
  Legend legend;
  double x = 0, y = 0;
  const double row = text_font.size * 1.5;
  for (const Mark& mark : plot.marks) {
    std::string name = name_of(mark);
    if (name.empty()) continue;
    name = canvas.fitted(name, text_font, width - sample_width - gap);
    const double wide = sample_width + gap + canvas.width_of(name, text_font);
    if (x > 0 && x + wide > width) {
      x = 0;
      y += row;
    }
    legend.entries.push_back({&mark, name, {x, y}});
    x += wide + entry_gap;
  }
  legend.height = legend.entries.empty() ? 0 : y + row + 4;
  return legend;
}

double widest(const Canvas& canvas, const std::vector<Tick>& ticks) {
  double width = 0;
  for (const Tick& tick : ticks) width = std::max(width, canvas.width_of(tick.text, text_font));
  return width;
}

int ticks_along_y(double height) { return std::clamp(static_cast<int>(height / 55), 2, 10); }

/// As many as have room beside each other.
std::vector<Tick> ticks_along_x(const Canvas& canvas, const Axis& axis, Span span, double width) {
  for (int most = 10;; --most) {
    std::vector<Tick> all = ticks(axis, span, most);
    bool fits = true;
    for (size_t k = 1; k < all.size() && fits; ++k) {
      const double apart = (place(axis, span, all[k].at) - place(axis, span, all[k - 1].at)) * width;
      const double wide = canvas.width_of(all[k - 1].text, text_font) + canvas.width_of(all[k].text, text_font);
      fits = apart > wide / 2 + 12;
    }
    if (fits || most <= 2) return all;
  }
}

/// Names of places. They stand upright where they have no room beside each other, and are left out where they have none so either.
struct Names {
  std::vector<Tick> ticks;
  bool upright = false;
  double height = 0;
};

Names names_of(const Canvas& canvas, const Axis& axis, double width) {
  constexpr double most_upright = 130;
  const double room = width / static_cast<double>(axis.names.size());
  Names names;
  double widest = 0;
  for (const std::string& name : axis.names) widest = std::max(widest, canvas.width_of(name, text_font));
  names.upright = widest > room - 6;
  names.height = names.upright ? std::min(widest, most_upright) + 14 : text_font.size * 1.6;
  if (names.upright && room < text_font.size) return {};
  for (size_t k = 0; k < axis.names.size(); ++k)
    names.ticks.push_back(
        {static_cast<double>(k), canvas.fitted(axis.names[k], text_font, names.upright ? most_upright : room)});
  return names;
}

struct Margins {
  double left = 0, right = 0, top = 0, bottom = 0;
};

/// Room for texts around the plot.
Margins margins_of(const Canvas& canvas, const Plot& plot, const Spans& spans, double legend, double width,
                   double height) {
  Margins margins;
  margins.left = widest(canvas, ticks(plot.y, spans.y, ticks_along_y(height))) + 14;
  if (!label_of(plot.y).empty()) margins.left += text_font.size * 1.5;
  margins.top = legend + 8;
  margins.right = 24;
  if (const Field* field = ramp_of(plot)) {
    const Axis axis{field->title};
    margins.right = ramp_width + 24 + widest(canvas, ticks(axis, {field->low, field->high}, 6)) + text_font.size * 1.6;
  }
  margins.bottom = plot.x.names.empty() ? text_font.size * 1.6
                                        : names_of(canvas, plot.x, width - margins.left - margins.right).height;
  if (!label_of(plot.x).empty()) margins.bottom += text_font.size * 1.5;
  return margins;
}

void draw_legend(Canvas& canvas, const Legend& legend, Place corner) {
  for (const Entry& entry : legend.entries) {
    const Area area = {corner.x + entry.at.x, corner.y + entry.at.y, sample_width, text_font.size * 1.3};
    draw_sample(canvas, *entry.mark, area);
    canvas.text({area.right() + gap, area.y + text_font.size}, entry.name, text_font, canvas.paint(Role::Ink));
  }
}

void draw_axes(Canvas& canvas, const Frame& frame, double left) {
  const Area& area = frame.area;
  const Paint ink = canvas.paint(Role::Ink), quiet = canvas.paint(Role::Quiet), grid = quiet.with_opacity(0.28);
  const Plot& plot = frame.plot;
  const bool filled = ramp_of(plot) != nullptr;
  for (const Tick& tick : ticks(plot.y, frame.spans.y, ticks_along_y(area.height))) {
    const double y = frame.at(frame.spans.x.low, tick.at).y;
    if (!filled) canvas.line({{area.x, y}, {area.right(), y}}, 1, grid);
    canvas.text({area.x - 9, y + text_font.size * 0.36}, tick.text, text_font, ink, Align::Right);
  }
  const bool named = !plot.x.names.empty();
  const Names names =
      named ? names_of(canvas, plot.x, area.width) : Names{ticks_along_x(canvas, plot.x, frame.spans.x, area.width)};
  for (const Tick& tick : names.ticks) {
    const double x = frame.at(tick.at, frame.spans.y.low).x;
    if (!filled && !named) canvas.line({{x, area.y}, {x, area.bottom()}}, 1, grid);
    canvas.line({{x, area.bottom()}, {x, area.bottom() + 5}}, 1.4, quiet);
    if (names.upright)
      canvas.text({x + text_font.size * 0.36, area.bottom() + 9}, tick.text, text_font, ink, Align::Right,
                  -quarter_turn);
    else canvas.text({x, area.bottom() + text_font.size * 1.35}, tick.text, text_font, ink, Align::Middle);
  }
  const Font font = text_font;
  const double below = named ? std::max(names.height, text_font.size * 1.6) : text_font.size * 1.6;
  canvas.text({area.x + area.width / 2, area.bottom() + below + text_font.size * 1.2},
              canvas.fitted(label_of(plot.x), font, area.width), font, ink, Align::Middle);
  canvas.text({left + text_font.size * 0.95, area.y + area.height / 2},
              canvas.fitted(label_of(plot.y), font, area.height), font, ink, Align::Middle, -quarter_turn);
}

/// The colours of a field with their values.
void draw_ramp(Canvas& canvas, const Field& field, const Area& plot) {
  const Area area = {plot.right() + 16, plot.y, ramp_width, plot.height};
  constexpr int shades = 64;
  for (int k = 0; k < shades; ++k) {
    const double part = (k + 0.5) / shades;
    canvas.fill({area.x, area.bottom() - area.height * (k + 1) / shades, area.width, area.height / shades + 0.5},
                ramp(canvas.theme(), part));
  }
  canvas.frame(area, 1, canvas.paint(Role::Quiet));
  const Axis axis{field.title};
  const Span span = {field.low, field.high};
  const std::vector<Tick> all = ticks(axis, span, 6);
  for (const Tick& tick : all) {
    const double y = area.bottom() - place(axis, span, tick.at) * area.height;
    canvas.text({area.right() + 7, y + text_font.size * 0.36}, tick.text, text_font, canvas.paint(Role::Ink));
  }
  const double x = area.right() + 7 + widest(canvas, all) + text_font.size * 1.25;
  canvas.text({x, area.y + area.height / 2}, canvas.fitted(field.title, text_font, area.height), text_font,
              canvas.paint(Role::Ink), Align::Middle, -quarter_turn);
}

}  // namespace

double height_of(const Canvas& canvas, const Plot& plot, double width) {
  const double inner = std::max(least_height, width * usual_shape);
  const Legend legend = legend_of(canvas, plot, width);
  const Margins margins = margins_of(canvas, plot, spans_of(plot), legend.height, width, inner);
  if (plot.square) return width - margins.left - margins.right + margins.top + margins.bottom;
  return inner + margins.top + margins.bottom;
}

void draw(Canvas& canvas, const Plot& plot, const Area& area) {
  const Spans spans = spans_of(plot);
  const Legend legend = legend_of(canvas, plot, area.width);
  const Margins margins = margins_of(canvas, plot, spans, legend.height, area.width, area.height);
  const Area inner = {area.x + margins.left, area.y + margins.top, area.width - margins.left - margins.right,
                      area.height - margins.top - margins.bottom};
  const Frame frame{plot, spans, inner};
  draw_legend(canvas, legend, {area.x, area.y});
  draw_axes(canvas, frame, area.x);
  draw_marks(canvas, frame);
  const Paint quiet = canvas.paint(Role::Quiet);
  canvas.line({{inner.x, inner.y}, {inner.x, inner.bottom()}, {inner.right(), inner.bottom()}}, 1.6, quiet);
  if (const Field* field = ramp_of(plot)) draw_ramp(canvas, *field, inner);
}

}  // namespace dnnc::chart
