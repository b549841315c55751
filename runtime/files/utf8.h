#pragma once
#include <cstdint>

namespace dnnc::runtime {

/// Adds a letter to a text in UTF-8, which is a string or a vector of bytes.
template <class Text>
void add_utf8(Text& text, uint32_t letter) {
  const auto add = [&](uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  const auto add_rest = [&](uint32_t shift) { add(0x80 | (letter >> shift & 0x3f)); };
  if (letter < 0x80) return add(letter);
  if (letter < 0x800) {
    add(0xc0 | letter >> 6);
  } else if (letter < 0x10000) {
    add(0xe0 | letter >> 12);
    add_rest(6);
  } else {
    add(0xf0 | (letter >> 18 & 7));
    add_rest(12);
    add_rest(6);
  }
  add_rest(0);
}

}  // namespace dnnc::runtime
