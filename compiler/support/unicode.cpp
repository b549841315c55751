#include "compiler/support/unicode.h"

#include <utf8proc.h>

namespace dnnc {
namespace {

/// Controls, and the marks that reverse the direction of text and so could make a line show something else.
bool is_unprintable(char32_t character) {
  return character < 0x20 || (character >= 0x7F && character < 0xA0) || (character >= 0x202A && character <= 0x202E) ||
         (character >= 0x2066 && character <= 0x2069) || character == 0x2028 || character == 0x2029;
}

}  // namespace

DecodedCharacter decode_character(std::string_view text) {
  utf8proc_int32_t value = 0;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const utf8proc_ssize_t taken = utf8proc_iterate(bytes, static_cast<utf8proc_ssize_t>(text.size()), &value);
  if (taken <= 0) return {};
  return {static_cast<char32_t>(value), static_cast<size_t>(taken), true};
}

size_t count_characters(std::string_view text) {
  size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(decode_character(text).bytes);
  return count;
}

std::optional<size_t> find_invalid_utf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const DecodedCharacter character = decode_character(text.substr(at));
    if (!character.valid) return at;
    at += character.bytes;
  }
  return std::nullopt;
}

int display_width(char32_t character) { return utf8proc_charwidth(static_cast<utf8proc_int32_t>(character)); }

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const DecodedCharacter character = decode_character(text);
    if (character.valid && character.value == '\t') result += ' ';
    else if (!character.valid || is_unprintable(character.value)) result += "\xEF\xBF\xBD";
    else result += text.substr(0, character.bytes);
    text.remove_prefix(character.bytes);
  }
  return result;
}

}  // namespace dnnc
