#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace dnnc::runtime {

/// Bytes of the character that a text begins with, and the character; no bytes if these are no UTF-8.
struct FirstCharacter {
  size_t bytes = 0;
  uint32_t value = 0;
};

inline FirstCharacter first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {1, lead};
  const size_t bytes = lead >= 0xC2 && lead < 0xE0   ? 2
                       : lead >= 0xE0 && lead < 0xF0 ? 3
                       : lead >= 0xF0 && lead < 0xF5 ? 4
                                                     : 0;
  if (bytes == 0 || bytes > text.size()) return {};
  uint32_t value = lead & (0xFFu >> (bytes + 1));
  for (size_t k = 1; k < bytes; ++k) {
    const auto byte = static_cast<unsigned char>(text[k]);
    if ((byte & 0xC0) != 0x80) return {};
    value = value << 6 | (byte & 0x3Fu);
  }
  return {bytes, value};
}

/// Whether a character does something to what stands around it: controls, and the marks that reverse the direction of text.
inline bool is_control(uint32_t value) {
  return value < 0x20 || (value >= 0x7F && value < 0xA0) || (value >= 0x2028 && value <= 0x202E) ||
         (value >= 0x2066 && value <= 0x2069);
}

/// A name as a message shows it, on one line: what a terminal would obey stands there as `\n`, `\x1B`, `\u202E`, and so do
/// bytes that are no UTF-8. Names of files, and texts of damaged ones, may hold anything.
inline std::string shown(std::string_view name) {
  const auto hexadecimal = [](uint32_t value, int digits) {
    std::string text;
    while (digits-- > 0) text += "0123456789ABCDEF"[value >> 4 * digits & 15];
    return text;
  };
  std::string text;
  while (!name.empty()) {
    const auto [bytes, value] = first_character(name);
    if (bytes == 0) text += "\\x" + hexadecimal(static_cast<unsigned char>(name[0]), 2);
    else if (!is_control(value)) text += name.substr(0, bytes);
    else if (value == '\n' || value == '\t' || value == '\r')
      text += value == '\n' ? "\\n" : value == '\t' ? "\\t" : "\\r";
    else text += bytes == 1 ? "\\x" + hexadecimal(value, 2) : "\\u" + hexadecimal(value, 4);
    name.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  return text;
}

/// A message, in which names may stand that shown() has not seen. Its further lines begin as ours do; any other end of a line
/// belongs to a name. What is longer than a message can be is cut off.
inline std::string showable(std::string_view message) {
  constexpr size_t most_bytes = 2000;
  const bool long_one = message.size() > most_bytes;
  std::string text;
  const auto is_ours = [](std::string_view line) { return line.starts_with("  ") || line.starts_with("help: "); };
  for (std::string_view rest = message.substr(0, most_bytes);;) {
    size_t end = rest.find('\n');
    while (end != rest.npos && !is_ours(rest.substr(end + 1))) end = rest.find('\n', end + 1);
    text += shown(rest.substr(0, end));
    if (end == rest.npos) return text + (long_one ? " ..." : "");
    text += '\n';
    rest.remove_prefix(end + 1);
  }
}

}  // namespace dnnc::runtime
