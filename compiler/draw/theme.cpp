#include "compiler/draw/theme.h"

#include <algorithm>
#include <cmath>

namespace dnnc::chart {
namespace {

constexpr Paint of_bytes(int rgb) { return {(rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0}; }

/// Those of Okabe and Ito, which people with any kind of colour blindness tell apart; on white darker, on black lighter. Yellow is
/// too light for lines on white: there it is an olive.
constexpr Paint on_light[series_colours] = {of_bytes(0x0072B2), of_bytes(0xD55E00), of_bytes(0x009E73),
                                            of_bytes(0xB8578F), of_bytes(0xC98500), of_bytes(0x3A9BD9),
                                            of_bytes(0x7F7A00), of_bytes(0x555555)};
constexpr Paint on_dark[series_colours] = {of_bytes(0x5FB4F0), of_bytes(0xFF8A3D), of_bytes(0x35C99A),
                                           of_bytes(0xE59AC6), of_bytes(0xF2B233), of_bytes(0x9AD4F7),
                                           of_bytes(0xF0E442), of_bytes(0xC0C0C0)};

/// Of viridis, from dark to light.
constexpr Paint viridis[] = {of_bytes(0x440154), of_bytes(0x46327E), of_bytes(0x365C8D), of_bytes(0x277F8E),
                             of_bytes(0x1FA187), of_bytes(0x4AC16D), of_bytes(0xA0DA39), of_bytes(0xFDE725)};

}  // namespace

Paint between(const Paint& from, const Paint& to, double part) {
  const auto mixed = [&](double a, double b) { return a + (b - a) * part; };
  return {mixed(from.red, to.red), mixed(from.green, to.green), mixed(from.blue, to.blue),
          mixed(from.opacity, to.opacity)};
}

Paint background(Theme theme) { return theme == Theme::Light ? of_bytes(0xFFFFFF) : of_bytes(0x15181D); }

Paint paint_of(Theme theme, const Colour& colour) {
  const bool light = theme == Theme::Light;
  const auto& series = light ? on_light : on_dark;
  switch (colour.role) {
    case Role::Series:
      return series[((colour.number % series_colours) + series_colours) % series_colours];
    case Role::Ink:
      return light ? of_bytes(0x1B1F24) : of_bytes(0xE8EAED);
    case Role::Quiet:
      return light ? of_bytes(0x6A7178) : of_bytes(0x9AA2AB);
    case Role::Good:
      return series[2];
    case Role::Bad:
      return series[1];
    case Role::Kept:
      return series[0];
    case Role::Passing:
      return series[4];
  }
  return {};
}

Paint ramp(Theme theme, double value) {
  constexpr int last = static_cast<int>(std::size(viridis)) - 1;
  const double part = std::clamp(std::isnan(value) ? 0 : theme == Theme::Light ? 1 - value : value, 0.0, 1.0) * last;
  const int below = std::min(static_cast<int>(part), last - 1);
  return between(viridis[below], viridis[below + 1], part - below);
}

Paint readable_on(const Paint& paint) {
  const double brightness = 0.299 * paint.red + 0.587 * paint.green + 0.114 * paint.blue;
  return brightness > 0.55 ? of_bytes(0x101010) : of_bytes(0xFFFFFF);
}

}  // namespace dnnc::chart
