#include "compiler/plot/histogram.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace dnnc::chart {
namespace {

constexpr int most_bins = 40;
constexpr size_t most_whole = 24;

/// The values with how often each is there, where they are few and whole; else nothing.
std::map<double, double> whole_values(const std::vector<double>& values) {
  std::map<double, double> counts;
  for (const double value : values) {
    if (value != std::floor(value)) return {};
    ++counts[value];
    if (counts.size() > most_whole || std::abs(value) > 1e6) return {};
  }
  return !counts.empty() && counts.rbegin()->first - counts.begin()->first <= most_whole ? counts
                                                                                         : std::map<double, double>();
}

}  // namespace

Bars histogram(const std::vector<double>& values, const std::string& name, Colour colour) {
  Bars bars{name, colour, {}, {}, {}};
  std::vector<double> finite;
  for (const double value : values)
    if (std::isfinite(value)) finite.push_back(value);
  if (finite.empty()) return bars;
  for (const auto& [value, count] : whole_values(finite)) {
    bars.low.push_back(value - 0.4);
    bars.high.push_back(value + 0.4);
    bars.y.push_back(count);
  }
  if (!bars.y.empty()) return bars;
  const auto [least, most] = std::ranges::minmax(finite);
  const double magnitude = std::max(std::abs(least), std::abs(most));
  const double room = most - least > magnitude * 1e-9 ? 0 : std::max(magnitude * 1e-3, 1e-30);
  const double wanted = std::clamp(2 * std::cbrt(static_cast<double>(finite.size())), 8.0, 1.0 * most_bins);
  const double width = round_step((most - least + 2 * room) / wanted);
  const double first = std::floor((least - room) / width);
  const auto bins = static_cast<size_t>(std::floor((most + room) / width) - first) + 1;
  for (size_t k = 0; k < bins; ++k) {
    bars.low.push_back((first + static_cast<double>(k)) * width);
    bars.high.push_back((first + static_cast<double>(k) + 1) * width);
    bars.y.push_back(0);
  }
  for (const double value : finite) {
    const double bin = std::floor(value / width) - first;
    ++bars.y[static_cast<size_t>(std::clamp(bin, 0.0, static_cast<double>(bins - 1)))];
  }
  return bars;
}

Plot distribution(const std::vector<double>& values, const std::string& title, const std::string& counted,
                  Colour colour) {
  Plot plot{.x = {title}, .y = {.title = counted, .low = 0}, .marks = {histogram(values, "", colour)}};
  plot.x.whole = !whole_values(values).empty();
  return plot;
}

}  // namespace dnnc::chart
