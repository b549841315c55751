#include "compiler/interpret/function_bounds.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/support/check.h"

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

double remainder(const Triple& a, const Triple& e, const Precision& precision) {
  const double units = std::max(4.0, precision.units(Function::Divide) + 1);
  double quotient_error = quotient(a, e, a[0] / a[1]) + units * precision.roundoff * std::fabs(a[0] / a[1]);
  double low = std::floor(a[0] / a[1] - quotient_error), high = std::floor(a[0] / a[1] + quotient_error);
  double turns = std::max(std::fabs(low), std::fabs(high));
  return or_infinite(e[0] + turns * e[1] + (high - low) * (std::fabs(a[1]) + e[1]));
}

/// The arguments of a function, what they are off by at most, and the function's value.
struct Point {
  const Triple& a;
  const Triple& e;
  double value;
  const Precision& precision;
};

double sum(const Point& at) { return at.e[0] + at.e[1]; }
double product(const Point& at) {
  return std::fabs(at.a[0]) * at.e[1] + std::fabs(at.a[1]) * at.e[0] + at.e[0] * at.e[1];
}
double same_as_argument(const Point& at) { return at.e[0]; }
double wave(const Point& at) { return std::isinf(at.e[0]) ? infinity : std::min(at.e[0], 2.0); }
double larger(const Point& at) { return std::max(at.e[0], at.e[1]); }
double flipped(const Point& at) { return may_flip(at.a, at.e) ? 1 : 0; }
double either_flipped(const Point& at) {
  return truth_may_flip(at.a[0], at.e[0]) || truth_may_flip(at.a[1], at.e[1]) ? 1 : 0;
}
double chosen(const Point& at) {
  if (!truth_may_flip(at.a[0], at.e[0])) return at.a[0] != 0 ? at.e[1] : at.e[2];
  return std::fabs(at.a[1] - at.a[2]) + std::max(at.e[1], at.e[2]);
}

/// What errors of the arguments make of the value, in exact arithmetic; null where it rises all along (FunctionInfo::rises),
/// so that the ends tell.
struct Row {
  Function function;
  double (*propagated)(const Point& at);
  bool infinity_stays = false;  ///< an infinite value stays so whatever the arguments are off by, if that is finite
};

constexpr Row rows[] = {
    {Function::Add, sum, true},
    {Function::Subtract, sum, true},
    {Function::Multiply, product},
    {Function::Divide, [](const Point& at) { return quotient(at.a, at.e, at.value); }},
    {Function::Power, [](const Point& at) { return power(at.a, at.e, at.value); }},
    {Function::Negate, same_as_argument},
    {Function::Absolute, same_as_argument},
    {Function::Exp, nullptr},
    {Function::Log, nullptr},
    {Function::Log1p, nullptr},
    {Function::Expm1, nullptr},
    {Function::Sqrt, nullptr},
    {Function::Sin, wave},
    {Function::Cos, wave},
    {Function::Tanh, nullptr},
    {Function::Sigmoid, nullptr},
    {Function::Erf, nullptr},
    {Function::Floor, nullptr},
    {Function::Minimum, larger},
    {Function::Maximum, larger},
    {Function::Remainder, [](const Point& at) { return remainder(at.a, at.e, at.precision); }},
    {Function::Equal, flipped},
    {Function::Unequal, flipped},
    {Function::Less, flipped},
    {Function::LessEqual, flipped},
    {Function::And, either_flipped},
    {Function::Or, either_flipped},
    {Function::Not, [](const Point& at) { return truth_may_flip(at.a[0], at.e[0]) ? 1.0 : 0.0; }},
    {Function::Select, chosen},
    {Function::StopGradient, same_as_argument},
    {Function::Softplus, nullptr},
    {Function::LogSigmoid, nullptr},
};
static_assert(covers_functions(rows));

double propagated(Function function, const Point& at) {
  if (auto rule = rows[static_cast<size_t>(function)].propagated) return rule(at);
  check(info(function).rises, std::string("bounds: nothing is known of ") + info(function).name);
  return at_ends(function, at.a[0], at.e[0], at.value);
}

/// What rounding makes of a value of this size at exact arguments.
double computed(Function function, const Triple& a, double size, const Precision& precision) {
  const Rounding& rounding = info(function).rounding;
  if (!rounding.of) return 0;
  return precision.roundoff * std::max(rounding.units * rounding.of(a.data(), size), precision.units(function) * size);
}

}  // namespace

double last_places_of_opencl(Function function) {
  switch (function) {
    case Function::Divide:
    case Function::Remainder:
      return 2.5;
    case Function::Sqrt:
    case Function::Exp:
    case Function::Log:
    case Function::Expm1:
      return 3;
    case Function::Log1p:
      return 2;
    case Function::Sin:
    case Function::Cos:
      return 4;
    case Function::Tanh:
      return 5;
    case Function::Power:
    case Function::Erf:
      return 16;
    default:
      return 0;
  }
}

double rounding_bound(double value, const Precision& precision) {
  if (value == 0 || static_cast<double>(static_cast<float>(value)) == value) return 0;
  return precision.roundoff * std::fabs(value) + precision.smallest_normal;
}

double function_bound(Function function, const Triple& arguments, const Triple& errors, double value,
                      const Precision& precision) {
  double bound = or_infinite(propagated(function, {arguments, errors, value, precision}));
  if (std::isnan(value)) return infinity;
  if (std::isinf(value)) {
    const bool stays = rows[static_cast<size_t>(function)].infinity_stays;
    return bound == 0 || (stays && std::isfinite(bound)) ? 0 : infinity;
  }
  bound += or_infinite(computed(function, arguments, std::fabs(value) + bound, precision));
  // A share of a value below the smallest normal number may itself be too small for a double.
  const bool may_vanish = value != 0 && std::fabs(value) < precision.smallest_normal;
  if (bound > 0 || may_vanish) bound += precision.smallest_normal;
  return std::fabs(value) + bound > precision.largest ? infinity : bound;
}

}  // namespace dnnc
