#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/graph.h"

/// What printer and parser of the text form agree on: the words and operators. See docs/ir.md.
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

/// A word of the text for a value of an enum.
template <class T>
struct Word {
  T value;
  const char* word;
};
const std::vector<Word<InputRole>>& input_roles();
const std::vector<Word<OutputRole>>& output_roles();
const std::vector<Word<Reduction>>& reductions();
const std::vector<Word<Distribution>>& distributions();

template <class T>
const char* word_of(const std::vector<Word<T>>& words, T value) {
  for (const Word<T>& word : words)
    if (word.value == value) return word.word;
  return "?";
}
template <class T>
std::optional<T> value_of(const std::vector<Word<T>>& words, std::string_view text) {
  for (const Word<T>& word : words)
    if (text == word.word) return word.value;
  return std::nullopt;
}

/// Whether a label can hold this character without quotes.
bool is_label_character(char c);
/// A string in quotes, with `\"`, `\\` and `\n`.
std::string quoted(std::string_view text);

}  // namespace dnnc::text
