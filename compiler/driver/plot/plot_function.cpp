#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "compiler/driver/commands.h"
#include "compiler/driver/pipeline.h"
#include "compiler/driver/plot/plots.h"
#include "compiler/interpret/interpret.h"
#include "compiler/plot/series.h"
#include "compiler/syntax/parse.h"

namespace dnnc {
namespace {

/// Even, so that the middle of a range is no place of it: many functions have none there, like 1 / x.
constexpr int places_of_curve = 600;

struct Curve {
  std::string name;
  std::vector<double> x, value, derivative;
};

/// Where a curve jumps it is parted. A jump is told from a slope by what the derivative says of the way to the next place.
void part_at_jumps(Curve& curve) {
  std::vector<double> values = curve.value;
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  if (values.empty()) return;
  std::ranges::sort(values);
  const double whole = values[values.size() * 9 / 10] - values[values.size() / 10];
  const auto part = [&](std::vector<double>& list, size_t k) {
    list.insert(list.begin() + static_cast<ptrdiff_t>(k), std::nan(""));
  };
  for (size_t k = curve.value.size() - 1; k > 0; --k) {
    const double width = curve.x[k] - curve.x[k - 1], step = std::abs(curve.value[k] - curve.value[k - 1]);
    const double told = width * std::max(std::abs(curve.derivative[k]), std::abs(curve.derivative[k - 1]));
    if (!(step > 4 * told + 0.02 * whole)) continue;
    part(curve.x, k);
    part(curve.value, k);
    part(curve.derivative, k);
  }
}

std::optional<Curve> curve_of(Session& session, const std::string& text, const Model* model) {
  const SourceId source = session.sources().add(formula_name, text);
  const ast::Ptr expression = parse_expression(source, session.diagnostics());
  if (session.flush() || !expression) return std::nullopt;
  std::optional<Graph> graph = build_curve(expression, model, session.sources(), session.diagnostics());
  if (session.flush() || !graph) return std::nullopt;
  for (const Pass& pass : graph_passes()) *graph = session.run(pass, std::move(*graph));
  const NodeId value = output_named(*graph, OutputRole::Value, value_output).node;
  const NodeId derivative = output_named(*graph, OutputRole::Value, derivative_output).node;
  const Interpreter interpreter(std::move(*graph));
  const Options& options = session.options();
  Curve curve{text, {}, {}, {}};
  for (int k = 0; k < places_of_curve; ++k) {
    const double x = options.low + (options.high - options.low) * k / (places_of_curve - 1);
    const auto values = interpreter.run({{curve_argument, {x}}});
    curve.x.push_back(x);
    curve.value.push_back(values[value].front());
    // A formula of a derivative may have a value where the function has none.
    const bool there = std::isfinite(curve.value.back());
    curve.derivative.push_back(there ? values[derivative].front() : std::nan(""));
  }
  part_at_jumps(curve);
  return curve;
}

/// What comes from one side of the picture and leaves at the other within a step is parted: 1 / x around 0.
std::vector<double> parted_at_poles(std::vector<double> values, const chart::Axis& axis) {
  if (!axis.low || !axis.high) return values;
  for (size_t k = 1; k < values.size(); ++k) {
    const auto [low, high] = std::minmax(values[k - 1], values[k]);
    if (low < *axis.low && high > *axis.high) values[k] = std::nan("");
  }
  return values;
}

/// A value may grow without bounds: what most of the places have is seen.
void bound(chart::Axis& axis, std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  if (values.empty()) return;
  std::ranges::sort(values);
  const double low = values[values.size() / 50], high = values[values.size() - 1 - values.size() / 50];
  const double room = 4 * (high - low);
  if (!(room > 0)) return;
  if (values.front() < low - room) axis.low = low - (high - low) / 4;
  if (values.back() > high + room) axis.high = high + (high - low) / 4;
}

chart::Panel panel_of(const std::string& title, const std::vector<Curve>& curves, std::vector<double> Curve::* values) {
  chart::Plot plot{.x = {curve_argument}, .y = {title}, .marks = {}};
  std::vector<double> all;
  int number = 0;
  for (const Curve& curve : curves) {
    const chart::Stroke stroke = chart::stroke_of_series(number);
    plot.marks.push_back(chart::Line{curve.name, {chart::Role::Series, number++}, curve.x, curve.*values, stroke});
    all.insert(all.end(), (curve.*values).begin(), (curve.*values).end());
  }
  bound(plot.y, all);
  for (chart::Mark& mark : plot.marks)
    if (auto* line = std::get_if<chart::Line>(&mark)) line->y = parted_at_poles(std::move(line->y), plot.y);
  return {"", plot};
}

}  // namespace

std::optional<chart::Figure> plot_function(Session& session) {
  std::optional<Model> model;
  if (!session.options().file.empty() && !(model = read_model(session))) return std::nullopt;
  const std::vector<std::string>& words = session.options().words;
  std::vector<Curve> curves;
  std::string names;
  for (size_t k = 1; k < words.size(); ++k) {
    std::optional<Curve> curve = curve_of(session, words[k], model ? &*model : nullptr);
    if (!curve) return std::nullopt;
    names += (names.empty() ? "" : ", ") + words[k];
    curves.push_back(std::move(*curve));
  }
  chart::Figure figure{names, "value above, derivative below", 1, {}};
  figure.panels.push_back(panel_of(value_output, curves, &Curve::value));
  figure.panels.push_back(panel_of(derivative_output, curves, &Curve::derivative));
  return figure;
}

}  // namespace dnnc
