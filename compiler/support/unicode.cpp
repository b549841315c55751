#include "compiler/support/unicode.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace dnnc {
namespace {

struct LeadByte {
  size_t bytes;
  char32_t bits;
  char32_t smallest;  ///< a smaller value would be an overlong form
};

std::optional<LeadByte> lead_byte(unsigned char byte) {
  if (byte < 0x80) return LeadByte{1, byte, 0};
  if (byte >= 0xC0 && byte < 0xE0) return LeadByte{2, char32_t(byte & 0x1F), 0x80};
  if (byte >= 0xE0 && byte < 0xF0) return LeadByte{3, char32_t(byte & 0x0F), 0x800};
  if (byte >= 0xF0 && byte < 0xF8) return LeadByte{4, char32_t(byte & 0x07), 0x10000};
  return std::nullopt;
}

struct Range {
  char32_t first, last;
};
constexpr std::array wide_ranges{Range{0x1100, 0x115F},  Range{0x2E80, 0xA4CF},   Range{0xAC00, 0xD7A3},
                                 Range{0xF900, 0xFAFF},  Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},
                                 Range{0xFFE0, 0xFFE6},  Range{0x1F300, 0x1F64F}, Range{0x1F900, 0x1F9FF},
                                 Range{0x20000, 0x3FFFD}};
constexpr std::array combining_ranges{
    Range{0x0300, 0x036F}, Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF}, Range{0x200B, 0x200F}, Range{0x202A, 0x202E},
    Range{0x2060, 0x2069}, Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}, Range{0xFEFF, 0xFEFF}};

template <size_t n>
bool is_in(const std::array<Range, n>& ranges, char32_t character) {
  return std::ranges::any_of(ranges, [&](Range r) { return r.first <= character && character <= r.last; });
}

/// Controls, and the marks that reverse the direction of text and so could make a line show something else.
bool is_unprintable(char32_t character) {
  return character < 0x20 || (character >= 0x7F && character < 0xA0) || (character >= 0x202A && character <= 0x202E) ||
         (character >= 0x2066 && character <= 0x2069) || character == 0x2028 || character == 0x2029;
}

}  // namespace

DecodedCharacter decode_character(std::string_view text) {
  const auto lead = lead_byte(static_cast<unsigned char>(text.front()));
  if (!lead || text.size() < lead->bytes) return {};
  char32_t value = lead->bits;
  for (size_t i = 1; i < lead->bytes; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) return {};
    value = (value << 6) | (byte & 0x3F);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < lead->smallest || surrogate || value > 0x10FFFF) return {};
  return {value, lead->bytes, true};
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

int display_width(char32_t character) {
  if (character < 0x300) return 1;
  if (is_in(combining_ranges, character)) return 0;
  return is_in(wide_ranges, character) ? 2 : 1;
}

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
