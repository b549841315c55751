#include <algorithm>
#include <cmath>

#include "compiler/draw/parts.h"

namespace dnnc::chart {
namespace {

constexpr double line_width = 2.6, most_radius = 5.5;

/// Many dots are small ones.
double radius_for(size_t dots) {
  return std::clamp(60 / std::sqrt(static_cast<double>(std::max<size_t>(1, dots))), 2.2, most_radius);
}

Area between_places(Place a, Place b) {
  return {std::min(a.x, b.x), std::min(a.y, b.y), std::abs(a.x - b.x), std::abs(a.y - b.y)};
}

struct DrawMark {
  Canvas& canvas;
  const Frame& frame;
  int rules = 0;

  void operator()(const Line& line) {
    std::vector<Place> places;
    for (size_t k = 0; k < line.x.size(); ++k) {
      if (line.stairs && k > 0) places.push_back(frame.at(line.x[k], line.y[k - 1]));
      places.push_back(frame.at(line.x[k], line.y[k]));
    }
    canvas.line(places, line_width, canvas.paint(line.colour), line.stroke);
    if (places.size() == 1) canvas.dot(places[0], 5, canvas.paint(line.colour), 0, false);
  }
  void operator()(const Dots& dots) {
    const double radius = radius_for(dots.x.size());
    const Field* const field = dots.values.empty() ? nullptr : ramp_of(frame.plot);
    for (size_t k = 0; k < dots.x.size(); ++k) {
      const Place place = frame.at(dots.x[k], dots.y[k]);
      // On colours of the same ramp a dot is seen by a ring that is dark and light.
      canvas.dot(place, field ? radius * 1.7 : radius, canvas.paint(dots.colour), dots.colour.number, dots.hollow);
      if (field)
        canvas.dot(place, radius * 1.2,
                   ramp(canvas.theme(), (dots.values[k] - field->low) / (field->high - field->low)), dots.colour.number,
                   false);
    }
  }
  void operator()(const Bars& bars) {
    for (size_t k = 0; k < bars.y.size(); ++k) {
      Area bar =
          between_places(frame.at(bars.low[k], std::max(0.0, frame.spans.y.low)), frame.at(bars.high[k], bars.y[k]));
      const double gap = std::min(1.0, bar.width * 0.08);
      bar.x += gap / 2;
      bar.width = std::max(0.3, bar.width - gap);
      canvas.fill(bar, canvas.paint(bars.colour));
    }
  }
  void operator()(const Boxes& boxes) {
    const Paint paint = canvas.paint(boxes.colour);
    for (const Boxes::Box& box : boxes.boxes) {
      const Area area = between_places(frame.at(box.left, box.bottom), frame.at(box.right, box.top));
      canvas.fill(area, paint);
      canvas.frame(area, std::min(0.8, area.height / 4), background(canvas.theme()));
      const Font font = small_font;
      if (box.text.empty() || area.height < font.size * 1.2) continue;
      const std::string text = canvas.fitted(box.text, font, area.width - 10);
      if (text.size() <= 4 && text != box.text) continue;
      canvas.text({area.x + area.width / 2, area.y + area.height / 2 + font.size * 0.36}, text, font,
                  readable_on(paint), Align::Middle);
    }
  }
  void operator()(const Rule& rule) {
    const Paint paint = canvas.paint(rule.colour);
    const Area& area = frame.area;
    const Place at = rule.upright ? frame.at(rule.at, frame.spans.y.high) : frame.at(frame.spans.x.high, rule.at);
    if (rule.upright) canvas.line({{at.x, area.y}, {at.x, area.bottom()}}, 1.6, paint, rule.stroke);
    else canvas.line({{area.x, at.y}, {area.right(), at.y}}, 1.6, paint, rule.stroke);
    if (rule.text.empty()) return;
    // Texts of several stand below each other; beside the line where there is room.
    const double width = canvas.width_of(rule.text, small_font);
    const bool right = !rule.upright || at.x + width + 12 < area.right();
    const double y = rule.upright ? area.y + small_font.size * (1.1 + line_height * rules++) : at.y - 5;
    const double x = rule.upright ? right ? at.x + 7 : at.x - 7 - width : area.right() - width - 6;
    canvas.fill({x - 3, y - small_font.size, width + 6, small_font.size * 1.3},
                background(canvas.theme()).with_opacity(0.8));
    canvas.text({x, y}, rule.text, small_font, paint);
  }
  void operator()(const Slope& slope) {
    const Spans& spans = frame.spans;
    canvas.line({frame.at(spans.x.low, spans.y.low), frame.at(spans.x.high, spans.y.high)}, 1.8,
                canvas.paint(slope.colour), Stroke::Dashed);
  }
  void operator()(const Field& field) {
    std::vector<uint8_t> pixels;
    const Paint ground = background(canvas.theme());
    for (int64_t row = field.rows; row-- > 0;)
      for (int64_t column = 0; column < field.columns; ++column) {
        const size_t k = static_cast<size_t>(row * field.columns + column);
        Paint paint = ground;
        if (std::isfinite(field.values[k]) && field.classes) {
          const double sure = field.strength.empty() ? 1 : field.strength[k];
          paint = between(ground, canvas.paint({Role::Series, static_cast<int>(field.values[k])}), 0.12 + 0.43 * sure);
        } else if (std::isfinite(field.values[k])) {
          paint = ramp(canvas.theme(), (field.values[k] - field.low) / (field.high - field.low));
        }
        for (const double part : {paint.red, paint.green, paint.blue, 1.0})
          pixels.push_back(static_cast<uint8_t>(std::lround(part * 255)));
      }
    const Area area = between_places(frame.at(field.left, field.bottom), frame.at(field.right, field.top));
    canvas.image(area, field.columns, field.rows, pixels);
  }
};

struct NameOfMark {
  std::string operator()(const Rule&) const { return ""; }
  std::string operator()(const Field&) const { return ""; }
  template <class Other>
  std::string operator()(const Other& mark) const {
    return mark.name;
  }
};

struct DrawSample {
  Canvas& canvas;
  const Area& area;
  void operator()(const Line& line) const {
    canvas.line({{area.x, area.y + area.height / 2}, {area.right(), area.y + area.height / 2}}, line_width + 0.6,
                canvas.paint(line.colour), line.stroke);
  }
  void operator()(const Dots& dots) const {
    canvas.dot({area.x + area.width / 2, area.y + area.height / 2}, most_radius + 1, canvas.paint(dots.colour),
               dots.colour.number, dots.hollow);
  }
  void operator()(const Bars& bars) const { patch(bars.colour); }
  void operator()(const Boxes& boxes) const { patch(boxes.colour); }
  void operator()(const Slope& slope) const { (*this)(Line{"", slope.colour, {}, {}, Stroke::Dashed}); }
  void operator()(const Rule&) const {}
  void operator()(const Field&) const {}
  void patch(const Colour& colour) const {
    canvas.fill({area.x + area.width / 2 - 8, area.y + area.height / 2 - 8, 16, 16}, canvas.paint(colour));
  }
};

}  // namespace

void draw_marks(Canvas& canvas, const Frame& frame) {
  const Canvas::Within within(canvas, frame.area);
  DrawMark draw{canvas, frame};
  for (const Mark& mark : frame.plot.marks) std::visit(draw, mark);
}

void draw_sample(Canvas& canvas, const Mark& mark, const Area& area) { std::visit(DrawSample{canvas, area}, mark); }

std::string name_of(const Mark& mark) { return std::visit(NameOfMark{}, mark); }

const Field* ramp_of(const Plot& plot) {
  for (const Mark& mark : plot.marks)
    if (const Field* field = std::get_if<Field>(&mark); field && !field->classes) return field;
  return nullptr;
}

}  // namespace dnnc::chart
