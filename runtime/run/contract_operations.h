#pragma once
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/program/functions.h"

/// How contracts compute, for the compiler, which settles what the text tells, and for the run. It is a header alone, so that
/// the compiler needs nothing of the runtime's library.
namespace dnnc::runtime {

/// The value of an operation. What is made of NaN is NaN, also a comparison and `true or NaN`: nothing can be said of it.
/// Of an `if` only the branch that is taken counts. Throws std::logic_error if there is no such operation.
inline double contract_value(const std::string& name, const std::vector<double>& arguments) {
  const auto is_nan = [](double argument) { return std::isnan(argument); };
  const FunctionValue* operation = function_named(name);
  if (!operation || arguments.size() != static_cast<size_t>(operation->arity))
    throw std::logic_error("contract: no operation " + name + " of " + std::to_string(arguments.size()));
  const auto last = operation->function == Function::Select ? arguments.begin() + 1 : arguments.end();
  const auto found = std::find_if(arguments.begin(), last, is_nan);
  return found != last ? *found : operation->value(arguments.data());
}

/// Whether a condition of that value holds.
inline bool contract_holds(double value) { return !std::isnan(value) && value != 0; }

}  // namespace dnnc::runtime
