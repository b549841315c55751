#pragma once
#include "compiler/plot/chart.h"

namespace dnnc::chart {

/// Red, green, blue and how much is not let through, each 0 to 1.
struct Paint {
  double red = 0, green = 0, blue = 0, opacity = 1;
  Paint with_opacity(double value) const { return {red, green, blue, value}; }
};
/// Part of the way from one to another.
Paint between(const Paint& from, const Paint& to, double part);

/// How many series have a colour of their own.
inline constexpr int series_colours = 8;

Paint background(Theme theme);
Paint paint_of(Theme theme, const Colour& colour);
/// Of 0 to 1, from what is near the background to what is far from it; of people who see no red or green too.
Paint ramp(Theme theme, double value);
/// What text can be read in that lies on a paint.
Paint readable_on(const Paint& paint);

}  // namespace dnnc::chart
