#include "compiler/check_gradients/differences.h"

#include <algorithm>
#include <cmath>

#include "compiler/interpret/sampled_bound.h"

namespace dnnc {
namespace {

/// The loss along one element of an input.
class Slope {
 public:
  Slope(MovedValues& moved, const LossAlong& along, int64_t element)
      : moved_(moved), along_(along), element_(element) {}

  double loss_here() const { return along_.here; }
  double rounding() const { return along_.rounding; }
  MovedValues::Moves losses(const MovedValues::Moves& distances) {
    if (!along_.between.empty()) return moved_.at(along_.input, element_, distances, along_.between, along_.loss);
    MovedValues::Moves result;
    result.fill(along_.here);
    return result;
  }

 private:
  MovedValues& moved_;
  const LossAlong& along_;
  int64_t element_;
};

struct Difference {
  double slope = 0;
  double narrow = 0;  ///< the slope over half the step
  double noise = 0;   ///< what rounding of the losses may make of slope and bend
  double bend = 0;    ///< how far the one-sided differences are from closing in on each other as the step does
};

Difference difference(Slope& slope, double step) {
  const double here = slope.loss_here();
  const auto [right, left, near_right, near_left] = slope.losses({step, -step, step / 2, -(step / 2)});
  double wide = (right - left) / (2 * step), narrow = (near_right - near_left) / step;
  double gap = (right - 2 * here + left) / step, near_gap = (near_right - 2 * here + near_left) / (step / 2);
  // A slope takes 9 losses over three steps, the bend 20 over one.
  return {(4 * narrow - wide) / 3, narrow, 20 * slope.rounding() / step, std::fabs(gap - 2 * near_gap)};
}

/// Whether the slope over half the step shows that this one is as close as allowed. Where the error falls at least as the
/// step does, it is at most twice the distance of the two.
bool closes_in(Slope& slope, double step, const Difference& found, double allowed) {
  const double quarter = step / 4;
  const auto [right, left, same_right, same_left] = slope.losses({quarter, -quarter, quarter, -quarter});
  const double narrower = (right - left) / (2 * quarter);
  const double finer = (4 * narrower - found.narrow) / 3;
  return 2 * std::fabs(finer - found.slope) <= allowed;
}

}  // namespace

void check_element(MovedValues& moved, const LossAlong& along, int64_t element, double value, double derived,
                   double scale, double tolerance, CheckedGradient& result) {
  ++result.checked;
  Slope slope(moved, along, element);
  const double size = std::max(1.0, std::fabs(value));
  for (double step : {1e-3, 1e-4, 1e-5}) {
    const Difference found = difference(slope, step * size);
    const double unit = std::max(scale, std::fabs(found.slope));
    if (!(found.bend <= tolerance * unit + found.noise)) continue;
    const double allowed = tolerance * unit + found.noise, error = std::fabs(found.slope - derived);
    if (!(error <= allowed)) {
      if (!closes_in(slope, step * size, found, allowed)) continue;
      ++result.wrong;
    }
    if (error > 0 && is_loose(allowed, unit)) ++result.untold;
    // A gradient that is no number where the loss has a slope is as far off as any.
    const double relative = error == 0 ? 0 : std::isnan(error) ? infinity : tolerance * error / allowed;
    if (relative > result.worst_error || (relative == result.worst_error && element < result.worst_element)) {
      result.worst_error = relative;
      result.worst_element = element;
      result.derived = derived;
      result.expected = found.slope;
    }
    return;
  }
  ++result.kinks;
}

}  // namespace dnnc
