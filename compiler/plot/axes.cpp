#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/plot/chart.h"

namespace dnnc::chart {
namespace {

struct Extent {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  void take(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  void take(const std::vector<double>& values) {
    for (const double value : values) take(value);
  }
  bool empty() const { return !(low <= high); }
};

/// On a logarithmic axis only what is positive lies anywhere.
std::vector<double> shown_on(const Axis& axis, const std::vector<double>& values) {
  std::vector<double> shown;
  for (const double value : values)
    if (axis.scale == Scale::Linear || value > 0) shown.push_back(value);
  return shown;
}

struct Extents {
  const Axis &x_axis, &y_axis;
  Extent x = {}, y = {};
  void take(const std::vector<double>& xs, const std::vector<double>& ys) {
    x.take(shown_on(x_axis, xs));
    y.take(shown_on(y_axis, ys));
  }
  void operator()(const Line& line) { take(line.x, line.y); }
  void operator()(const Dots& dots) { take(dots.x, dots.y); }
  void operator()(const Bars& bars) {
    take(bars.low, bars.y);
    take(bars.high, {0});
  }
  void operator()(const Boxes& boxes) {
    for (const Boxes::Box& box : boxes.boxes) take({box.left, box.right}, {box.bottom, box.top});
  }
  void operator()(const Rule& rule) { take(rule.upright ? std::vector{rule.at} : std::vector<double>{}, {}); }
  void operator()(const Slope&) {}
  void operator()(const Field& field) { take({field.left, field.right}, {field.bottom, field.top}); }
};

/// What the axis says, else the data with room beside them; never empty.
Span span_of(const Axis& axis, Extent extent, double room) {
  if (!axis.names.empty()) return {-0.5, static_cast<double>(axis.names.size()) - 0.5};
  if (extent.empty()) extent = axis.scale == Scale::Log ? Extent{1, 10} : Extent{0, 1};
  Span span = {axis.low.value_or(extent.low), axis.high.value_or(extent.high)};
  if (axis.scale == Scale::Log) {
    const double factor = span.high > span.low ? std::pow(span.high / span.low, room) : 2;
    return {axis.low ? span.low : span.low / factor, axis.high ? span.high : span.high * factor};
  }
  const double magnitude = std::max(std::abs(span.low), std::abs(span.high));
  double more = (span.high - span.low) * room;
  if (!(span.high - span.low > magnitude * 1e-12)) more = magnitude > 0 ? magnitude * 0.1 : 1;
  if (!axis.low) span.low -= more;
  if (!axis.high) span.high += more;
  if (!(span.low < span.high)) span.high = span.low + std::max(more, magnitude * 1e-6 + 1e-300);
  return span;
}

/// Every mark of one axis has as many places behind its point, so that they can be compared.
std::vector<Tick> linear_ticks(const Axis& axis, Span span, int most) {
  double step = round_step((span.high - span.low) / most);
  if (axis.whole) step = std::max(step, 1.0);
  const double first = std::ceil(span.low / step - 1e-9), last = std::floor(span.high / step + 1e-9);
  const double largest = std::max(std::abs(span.low), std::abs(span.high));
  const int places = std::max(0, static_cast<int>(-std::floor(std::log10(step) + 1e-9)));
  std::vector<Tick> all;
  for (double k = first; k <= last && all.size() <= static_cast<size_t>(most) + 1; ++k) {
    const double at = k * step == 0 ? 0 : k * step;
    const bool plain = places <= 5 && largest < 1e7;
    const double shown = std::abs(at) < step * 1e-9 ? 0 : at;
    all.push_back({shown, plain ? fmt::format("{:.{}f}", shown, places) : fmt::format("{:.6g}", shown)});
    if (plain && largest >= 10'000) all.back().text = number_text(shown, 12);
  }
  for (Tick& tick : all)
    if (tick.text.starts_with('-')) tick.text.replace(0, 1, "\u2212");
  return all;
}

/// Powers of ten, and between them 2 and 5 where there is room.
std::vector<Tick> log_ticks(Span span, int most) {
  const double decades = std::log10(span.high / span.low);
  std::vector<double> factors = {1};
  if (decades * 3 <= most) factors = {1, 2, 5};
  if (decades * 9 <= most) factors = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  const int stride = std::max(1, static_cast<int>(std::ceil(decades / most)));
  std::vector<Tick> all;
  const int first = static_cast<int>(std::floor(std::log10(span.low))) - 1;
  for (int power = first; power <= std::log10(span.high) + 1; ++power)
    for (const double factor : factors) {
      const double at = factor * std::pow(10.0, power);
      const bool inside = at >= span.low * (1 - 1e-9) && at <= span.high * (1 + 1e-9);
      if (inside && ((power % stride) + stride) % stride == 0) all.push_back({at, number_text(at)});
    }
  return all;
}

}  // namespace

double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

Spans spans_of(const Plot& plot) {
  Extents extents{plot.x, plot.y};
  bool filled = false, bars = false;
  for (const Mark& mark : plot.marks) {
    std::visit(extents, mark);
    filled = filled || std::holds_alternative<Field>(mark) || std::holds_alternative<Boxes>(mark);
    bars = bars || std::holds_alternative<Bars>(mark);
  }
  Spans spans = {span_of(plot.x, extents.x, filled || bars ? 0 : 0.02), span_of(plot.y, extents.y, filled ? 0 : 0.05)};
  if (bars && extents.y.low >= 0 && plot.y.scale == Scale::Linear) spans.y.low = plot.y.low.value_or(0);
  if (!plot.square) return spans;
  const Span both = {std::min(spans.x.low, spans.y.low), std::max(spans.x.high, spans.y.high)};
  return {both, both};
}

std::vector<Tick> ticks(const Axis& axis, Span span, int most) {
  if (axis.names.empty()) {
    if (axis.scale == Scale::Linear) return linear_ticks(axis, span, most);
    // Within less than a step from power to power a logarithmic axis is nearly linear.
    const std::vector<Tick> all = log_ticks(span, most);
    return all.size() >= 2 ? all : linear_ticks(axis, span, most);
  }
  std::vector<Tick> all;
  const size_t stride = (axis.names.size() + static_cast<size_t>(most) - 1) / static_cast<size_t>(std::max(1, most));
  for (size_t k = 0; k < axis.names.size(); k += std::max<size_t>(1, stride))
    all.push_back({static_cast<double>(k), axis.names[k]});
  return all;
}

double place(const Axis& axis, Span span, double value) {
  if (axis.scale == Scale::Linear) return (value - span.low) / (span.high - span.low);
  return value > 0 ? std::log(value / span.low) / std::log(span.high / span.low)
                   : -std::numeric_limits<double>::infinity();
}

std::string label_of(const Axis& axis) {
  if (axis.unit.empty()) return axis.title;
  return axis.title.empty() ? axis.unit : axis.title + " (" + axis.unit + ")";
}

std::string number_text(double value, int digits) {
  if (std::isnan(value)) return "no number";
  if (std::isinf(value)) return value > 0 ? "∞" : "\u2212∞";
  const double magnitude = std::abs(value);
  std::string text = fmt::format("{:.{}g}", value, digits);
  if (magnitude >= 1000 && magnitude < 1e7) {
    text = fmt::format("{:.0f}", value);
    for (int64_t k = static_cast<int64_t>(text.size()) - 3; k > (value < 0 ? 1 : 0); k -= 3)
      text.insert(static_cast<size_t>(k), ",");
  }
  if (const size_t e = text.find('e'); e != text.npos) {  // 3e-05 is 3e-5
    size_t zeros = e + 2;
    while (zeros + 1 < text.size() && text[zeros] == '0') text.erase(zeros, 1);
    if (text[e + 1] == '+') text.erase(e + 1, 1);
    else text.replace(e + 1, 1, "\u2212");
  }
  if (text.starts_with('-')) text.replace(0, 1, "\u2212");
  return text;
}

}  // namespace dnnc::chart
