#pragma once
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

/// What contracts compute with: one table for the compiler, which settles what the text tells, and for the run. It is a
/// header alone, so that the compiler needs nothing of the runtime's library.
namespace dnnc::runtime {

struct ContractOperation {
  const char* name;  ///< of the scalar function in the table of compiler/ir/functions.h, with the same value
  int arity;
  double (*value)(const double* arguments);
};

inline constexpr ContractOperation contract_operations[] = {
    {"equal", 2, [](const double* a) { return double(a[0] == a[1]); }},
    {"unequal", 2, [](const double* a) { return double(a[0] != a[1]); }},
    {"less", 2, [](const double* a) { return double(a[0] < a[1]); }},
    {"less_equal", 2, [](const double* a) { return double(a[0] <= a[1]); }},
    {"and", 2, [](const double* a) { return double(a[0] != 0 && a[1] != 0); }},
    {"or", 2, [](const double* a) { return double(a[0] != 0 || a[1] != 0); }},
    {"not", 1, [](const double* a) { return double(a[0] == 0); }},
    {"select", 3, [](const double* a) { return a[0] != 0 ? a[1] : a[2]; }},
    {"add", 2, [](const double* a) { return a[0] + a[1]; }},
    {"subtract", 2, [](const double* a) { return a[0] - a[1]; }},
    {"negate", 1, [](const double* a) { return -a[0]; }},
    {"multiply", 2, [](const double* a) { return a[0] * a[1]; }},
    {"divide", 2, [](const double* a) { return a[0] / a[1]; }},
    {"remainder", 2, [](const double* a) { return a[0] - a[1] * std::floor(a[0] / a[1]); }},
    {"power", 2, [](const double* a) { return std::pow(a[0], a[1]); }},
    {"min", 2, [](const double* a) { return std::min(a[0], a[1]); }},
    {"max", 2, [](const double* a) { return std::max(a[0], a[1]); }},
    {"abs", 1, [](const double* a) { return std::fabs(a[0]); }},
    {"exp", 1, [](const double* a) { return std::exp(a[0]); }},
    {"log", 1, [](const double* a) { return std::log(a[0]); }},
    {"log1p", 1, [](const double* a) { return std::log1p(a[0]); }},
    {"expm1", 1, [](const double* a) { return std::expm1(a[0]); }},
    {"sqrt", 1, [](const double* a) { return std::sqrt(a[0]); }},
    {"sin", 1, [](const double* a) { return std::sin(a[0]); }},
    {"cos", 1, [](const double* a) { return std::cos(a[0]); }},
    {"tanh", 1, [](const double* a) { return std::tanh(a[0]); }},
    {"sigmoid", 1, [](const double* a) { return 1 / (1 + std::exp(-a[0])); }},
    {"erf", 1, [](const double* a) { return std::erf(a[0]); }},
    {"floor", 1, [](const double* a) { return std::floor(a[0]); }},
};

/// The value of an operation. What is made of NaN is NaN, also a comparison and `true or NaN`: nothing can be said of it.
/// Of an `if` only the branch that is taken counts. Throws std::logic_error if there is no such operation.
inline double contract_value(const std::string& name, const std::vector<double>& arguments) {
  const auto is_nan = [](double argument) { return std::isnan(argument); };
  for (const ContractOperation& operation : contract_operations) {
    if (name != operation.name || arguments.size() != static_cast<size_t>(operation.arity)) continue;
    const auto last = operation.arity == 3 ? arguments.begin() + 1 : arguments.end();
    const auto found = std::find_if(arguments.begin(), last, is_nan);
    return found != last ? *found : operation.value(arguments.data());
  }
  throw std::logic_error("contract: no operation " + name + " of " + std::to_string(arguments.size()));
}

/// Whether a condition of that value holds.
inline bool contract_holds(double value) { return !std::isnan(value) && value != 0; }

}  // namespace dnnc::runtime
