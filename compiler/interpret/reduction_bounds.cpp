#include "compiler/interpret/reduction_bounds.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/interpret/function_bounds.h"

namespace dnnc {
namespace {

/// Any order of summation of n terms, in which no term goes through more than n roundings.
double rounding_of_terms(const std::vector<Bounded>& terms, double size, const Precision& precision) {
  return terms.size() == 1 ? 0 : 4 * static_cast<double>(terms.size()) * precision.roundoff * size;
}

double sum_bound(const std::vector<Bounded>& terms, const Precision& precision) {
  double errors = 0, size = 0;
  for (const Bounded& term : terms) {
    errors += term.error;
    size += std::fabs(term.value) + term.error;
  }
  return errors + rounding_of_terms(terms, size, precision);
}

/// A product on its way may fall below the smallest number, and grow again what was lost there.
double product_bound(const std::vector<Bounded>& terms, const Precision& precision) {
  double exact = 1, largest = 1, growth = 1;
  for (const Bounded& term : terms) {
    exact *= std::fabs(term.value);
    largest *= std::fabs(term.value) + term.error;
    growth *= std::max(1.0, std::fabs(term.value) + term.error);
  }
  double lost = terms.size() == 1 ? 0 : static_cast<double>(terms.size()) * precision.smallest_normal * growth;
  return largest - exact + rounding_of_terms(terms, largest, precision) + lost;
}

/// The best is what it is, but for the largest that another may come out as; `sign` is -1 for a minimum.
double extreme_bound(const std::vector<Bounded>& terms, double sign) {
  double low = -infinity, best = -infinity, high = -infinity;
  for (const Bounded& term : terms) {
    low = std::max(low, sign * term.value - term.error);
    best = std::max(best, sign * term.value);
    high = std::max(high, sign * term.value + term.error);
  }
  return std::isinf(best) && low == best ? 0 : std::max(high - best, best - low);
}

/// 0 if no other can come out before the best, else infinite. Terms known exactly may tie.
double extreme_place_bound(const std::vector<Bounded>& terms, double sign) {
  auto before = [&](const Bounded& a, const Bounded& b) { return sign * a.value < sign * b.value; };
  const Bounded& best = *std::max_element(terms.begin(), terms.end(), before);
  for (const Bounded& term : terms) {
    bool exact = term.error == 0 && best.error == 0;
    if (&term != &best && !exact && !(sign * (best.value - term.value) > best.error + term.error)) return infinity;
  }
  return 0;
}

}  // namespace

double reduction_bound(Reduction reduction, const std::vector<Bounded>& terms, const Precision& precision) {
  switch (reduction) {
    case Reduction::None:
      return terms.front().error;
    case Reduction::Sum:
      return sum_bound(terms, precision);
    case Reduction::Product:
      return product_bound(terms, precision);
    case Reduction::Maximum:
      return extreme_bound(terms, 1);
    case Reduction::Minimum:
      return extreme_bound(terms, -1);
    case Reduction::ArgMaximum:
      return extreme_place_bound(terms, 1);
    case Reduction::ArgMinimum:
      return extreme_place_bound(terms, -1);
  }
  return infinity;
}

double draw_bound(const Draw& draw, double value, const Precision& precision) {
  double size = std::fabs(draw.a) + std::fabs(draw.b);
  switch (draw.distribution) {
    case Distribution::Uniform:
      return 8 * precision.roundoff * size;
    case Distribution::Normal:
      return 128 * precision.roundoff * size + rounding_bound(value, precision);
    case Distribution::Bernoulli:
      return 0;
  }
  return infinity;
}

}  // namespace dnnc
