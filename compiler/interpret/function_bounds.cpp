#include "compiler/interpret/function_bounds.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dnnc {
namespace {

using Triple = std::array<double, 3>;

/// What is not a number bounds nothing.
double or_infinite(double bound) { return std::isnan(bound) ? infinity : bound; }

double value_of(Function function, double a, double b = 0) {
  double arguments[] = {a, b};
  return evaluate(function, arguments);
}

/// Propagated error of a function that rises or falls all along: that at the ends. What is off by anything may be no number,
/// and then the function is none, even one of a small range.
double at_ends(Function function, double a, double error, double value) {
  if (error == 0 || std::isinf(error)) return error;
  return std::max(or_infinite(std::fabs(value_of(function, a + error) - value)),
                  or_infinite(std::fabs(value_of(function, a - error) - value)));
}

double quotient(const Triple& a, const Triple& e, double value) {
  double least = std::fabs(a[1]) - e[1];
  return least > 0 ? (e[0] + std::fabs(value) * e[1]) / least : infinity;
}

/// Powers rise or fall along each argument while the base keeps its sign; an even one has its least at 0.
double power(const Triple& a, const Triple& e, double value) {
  if (e[0] == 0 && e[1] == 0) return 0;
  bool whole = e[1] == 0 && std::floor(a[1]) == a[1];
  bool crosses = std::fabs(a[0]) <= e[0];
  if (!whole && a[0] - e[0] <= 0) return infinity;
  if (whole && crosses && a[1] < 0) return infinity;
  double bound = whole && crosses ? std::fabs(value_of(Function::Power, 0, a[1]) - value) : 0;
  for (double base : {a[0] - e[0], a[0] + e[0]})
    for (double exponent : {a[1] - e[1], a[1] + e[1]})
      bound = std::max(bound, or_infinite(std::fabs(value_of(Function::Power, base, exponent) - value)));
  return bound;
}

bool may_flip(const Triple& a, const Triple& e) {
  double error = e[0] + e[1];
  return error > 0 && !(std::fabs(a[0] - a[1]) > error);
}

bool truth_may_flip(double value, double error) { return error > 0 && !(std::fabs(value) > error); }

double remainder(const Triple& a, const Triple& e, double roundoff) {
  double quotient_error = quotient(a, e, a[0] / a[1]) + 4 * roundoff * std::fabs(a[0] / a[1]);
  double low = std::floor(a[0] / a[1] - quotient_error), high = std::floor(a[0] / a[1] + quotient_error);
  double turns = std::max(std::fabs(low), std::fabs(high));
  return or_infinite(e[0] + turns * e[1] + (high - low) * (std::fabs(a[1]) + e[1]));
}

/// What errors of the arguments make of the value, in exact arithmetic.
double propagated(Function function, const Triple& a, const Triple& e, double value, double roundoff) {
  switch (function) {
    case Function::Add:
    case Function::Subtract:
      return e[0] + e[1];
    case Function::Multiply:
      return std::fabs(a[0]) * e[1] + std::fabs(a[1]) * e[0] + e[0] * e[1];
    case Function::Divide:
      return quotient(a, e, value);
    case Function::Power:
      return power(a, e, value);
    case Function::Negate:
    case Function::Absolute:
    case Function::StopGradient:
      return e[0];
    case Function::Sin:
    case Function::Cos:
      return std::isinf(e[0]) ? infinity : std::min(e[0], 2.0);
    case Function::Exp:
    case Function::Log:
    case Function::Log1p:
    case Function::Expm1:
    case Function::Sqrt:
    case Function::Tanh:
    case Function::Sigmoid:
    case Function::Erf:
    case Function::Floor:
    case Function::Softplus:
    case Function::LogSigmoid:
      return at_ends(function, a[0], e[0], value);
    case Function::Minimum:
    case Function::Maximum:
      return std::max(e[0], e[1]);
    case Function::Remainder:
      return remainder(a, e, roundoff);
    case Function::Equal:
    case Function::Unequal:
    case Function::Less:
    case Function::LessEqual:
      return may_flip(a, e) ? 1 : 0;
    case Function::And:
    case Function::Or:
      return truth_may_flip(a[0], e[0]) || truth_may_flip(a[1], e[1]) ? 1 : 0;
    case Function::Not:
      return truth_may_flip(a[0], e[0]) ? 1 : 0;
    case Function::Select: {
      bool flips = truth_may_flip(a[0], e[0]);
      double taken = a[0] != 0 ? e[1] : e[2];
      return flips ? std::fabs(a[1] - a[2]) + std::max(e[1], e[2]) : taken;
    }
  }
  return infinity;
}

/// What rounding makes of a value of this size at exact arguments: a few units in the last place, for the functions
/// whose usual formulas cancel (sin, tanh, log near 1, ...) of the larger of the value and 1.
double computed(Function function, const Triple& a, double size, double roundoff) {
  switch (function) {
    case Function::Negate:
    case Function::Absolute:
    case Function::StopGradient:
    case Function::Minimum:
    case Function::Maximum:
    case Function::Equal:
    case Function::Unequal:
    case Function::Less:
    case Function::LessEqual:
    case Function::And:
    case Function::Or:
    case Function::Not:
    case Function::Select:
    case Function::Floor:
      return 0;
    case Function::Add:
    case Function::Subtract:
    case Function::Multiply:
    case Function::Sqrt:
      return 2 * roundoff * size;
    case Function::Divide:
      return 3 * roundoff * size;
    case Function::Exp:
    case Function::Sigmoid:
      return 16 * roundoff * size;
    case Function::Power: {
      double logarithm = a[0] > 0 ? std::fabs(a[1] * std::log(a[0])) : std::fabs(a[1]);
      return 16 * roundoff * size * (1 + logarithm);
    }
    case Function::Sin:
    case Function::Cos:
      return 16 * roundoff * std::max(1.0, std::fabs(a[0]));
    case Function::Log:
    case Function::Log1p:
    case Function::Expm1:
    case Function::Tanh:
    case Function::Erf:
    case Function::Softplus:
    case Function::LogSigmoid:
      return 16 * roundoff * std::max(1.0, size);
    case Function::Remainder:
      return 4 * roundoff * (std::fabs(a[0]) + std::fabs(a[1]));
  }
  return infinity;
}

}  // namespace

double rounding_bound(double value, const Precision& precision) {
  if (value == 0 || static_cast<double>(static_cast<float>(value)) == value) return 0;
  return precision.roundoff * std::fabs(value) + precision.smallest_normal;
}

double function_bound(Function function, const Triple& arguments, const Triple& errors, double value,
                      const Precision& precision) {
  double bound = or_infinite(propagated(function, arguments, errors, value, precision.roundoff));
  if (std::isnan(value)) return infinity;
  if (std::isinf(value)) {
    bool stays = function == Function::Add || function == Function::Subtract;
    return bound == 0 || (stays && std::isfinite(bound)) ? 0 : infinity;
  }
  bound += or_infinite(computed(function, arguments, std::fabs(value) + bound, precision.roundoff));
  // A share of a value below the smallest normal number may itself be too small for a double.
  const bool may_vanish = value != 0 && std::fabs(value) < precision.smallest_normal;
  if (bound > 0 || may_vanish) bound += precision.smallest_normal;
  return std::fabs(value) + bound > precision.largest ? infinity : bound;
}

}  // namespace dnnc
