#pragma once
#include <array>
#include <optional>
#include <string_view>

namespace dnnc::runtime {

/// A value of an enumeration as texts have it.
template <class Value>
struct Word {
  Value value;
  const char* word;
};

/// The words of an enumeration, declared beside it: `template <> inline constexpr std::array words<Storage> = ...`. The only
/// place that tells them: printers, parsers and the manifest read them here.
template <class Value>
inline constexpr std::array<Word<Value>, 0> words = {};

template <class Value>
constexpr const char* word_of(Value value) {
  static_assert(words<Value>.size() > 0, "this enumeration has no words");
  for (const Word<Value>& row : words<Value>)
    if (row.value == value) return row.word;
  return "?";
}

template <class Value>
constexpr std::optional<Value> value_named(std::string_view word) {
  static_assert(words<Value>.size() > 0, "this enumeration has no words");
  for (const Word<Value>& row : words<Value>)
    if (word == row.word) return row.value;
  return std::nullopt;
}

/// All words of an enumeration in one text: "train validation test".
template <class Value, char between = ' '>
inline constexpr auto text_of_words = [] {
  constexpr size_t length = [] {
    size_t characters = 0;
    for (const Word<Value>& row : words<Value>) characters += std::string_view(row.word).size() + 1;
    return characters;
  }();
  std::array<char, length> text{};
  char* to = text.data();
  for (const Word<Value>& row : words<Value>) {
    if (to != text.data()) *to++ = between;
    for (const char letter : std::string_view(row.word)) *to++ = letter;
  }
  return text;
}();
template <class Value, char between = ' '>
inline constexpr const char* all_words = text_of_words<Value, between>.data();

}  // namespace dnnc::runtime
