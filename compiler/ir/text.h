#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/graph.h"

/// What printer and parser of the text form agree on: the words and operators, and what the language calls the same. See
/// docs/ir.md.
namespace dnnc::runtime {

/// `max` and `min` over an axis are called as those of two numbers.
template <>
inline constexpr std::array words<Reduction> = {Word{Reduction::Sum, "sum"},
                                                Word{Reduction::Product, "product"},
                                                Word{Reduction::Maximum, word_of(Function::Maximum)},
                                                Word{Reduction::Minimum, word_of(Function::Minimum)},
                                                Word{Reduction::ArgMaximum, "argmax"},
                                                Word{Reduction::ArgMinimum, "argmin"}};
template <>
inline constexpr std::array words<Distribution> = {Word{Distribution::Uniform, "uniform"},
                                                   Word{Distribution::Normal, "normal"},
                                                   Word{Distribution::Bernoulli, "bernoulli"}};

}  // namespace dnnc::runtime

namespace dnnc::text {

/// How tightly a form holds its parts; a part that holds less is put in brackets.
enum Level { Any, Or, And, Not, Comparison, Sum, Product, Sign, Power, Primary };

/// A function that is written between its two arguments.
struct Operator {
  Function function;
  const char* symbol;
  Level level;
};
const std::vector<Operator>& operators();
const Operator* operator_of(Function function);

using runtime::value_named;
using runtime::word_of;

/// Whether a label can hold this character without quotes.
bool is_label_character(char c);
/// A string in quotes, with `\"`, `\\` and `\n`.
std::string quoted(std::string_view text);

}  // namespace dnnc::text
