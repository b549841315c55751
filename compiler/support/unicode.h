#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dnnc {

/// One character taken from the front of a text.
struct DecodedCharacter {
  char32_t value = 0;
  size_t bytes = 1;    ///< how many bytes it takes, >= 1
  bool valid = false;  ///< false: one byte that is not UTF-8
};

/// Decodes the first character of a text that is not empty. Overlong forms, surrogates and values past U+10FFFF are
/// not valid.
DecodedCharacter decode_character(std::string_view text);

/// How many characters a text has; each byte that is not UTF-8 counts as one.
size_t count_characters(std::string_view text);

/// The offset of the first byte that is not UTF-8.
std::optional<size_t> find_invalid_utf8(std::string_view text);

/// Columns a character takes on a terminal: 0 for a combining mark, 2 for a wide one.
int display_width(char32_t character);

/// Safe to show on a terminal: tabs become a space, control characters and bytes that are not UTF-8 U+FFFD.
std::string printable(std::string_view text);

}  // namespace dnnc
