#include "runtime/data/table_text.h"

#include <algorithm>
#include <cstring>

#include "runtime/data/inputs.h"
#include "runtime/data/source_table.h"
#include "runtime/files/inflate.h"
#include "runtime/files/utf8.h"
#include "runtime/program/available_memory.h"

namespace dnnc::runtime {
namespace {

using Bytes = std::vector<char>;

Bytes from_latin1(const Bytes& bytes) {
  Bytes text;
  for (const char byte : bytes) add_utf8(text, static_cast<unsigned char>(byte));
  return text;
}

/// `low`: which byte of two is the lower one.
Bytes from_utf16(const Bytes& bytes, size_t low, const std::string& file) {
  const auto unit = [&](size_t at) {
    const auto byte = [&](size_t which) {
      return static_cast<uint32_t>(static_cast<unsigned char>(bytes[at + which]));
    };
    return byte(low) | byte(1 - low) << 8;
  };
  if (bytes.size() % 2 != 0) refuse(file, "", "is cut off: UTF-16 has two bytes a sign");
  Bytes text;
  for (size_t at = 2; at < bytes.size(); at += 2) {  // behind the mark
    uint32_t letter = unit(at);
    if (letter >= 0xd800 && letter < 0xdc00 && at + 2 < bytes.size()) {
      const uint32_t second = unit(at += 2);
      letter = 0x10000 + ((letter - 0xd800) << 10) + (second - 0xdc00);
      if (second < 0xdc00 || second > 0xdfff) refuse(file, "", "is damaged: it is no UTF-16");
    }
    add_utf8(text, letter);
  }
  return text;
}

/// How many bytes from `at` on are one letter of UTF-8; 0 if they are none.
size_t letter_at(const Bytes& bytes, size_t at) {
  const auto byte = [&](size_t which) {
    return at + which < bytes.size() ? static_cast<unsigned char>(bytes[at + which]) : 0u;
  };
  const uint32_t first = byte(0);
  const size_t length = first < 0x80                    ? 1
                        : first >= 0xc2 && first < 0xe0 ? 2
                        : (first & 0xf0) == 0xe0        ? 3
                        : first >= 0xf0 && first < 0xf5 ? 4
                                                        : 0;
  for (size_t which = 1; which < length; ++which)
    if ((byte(which) & 0xc0) != 0x80) return 0;
  return length;
}

void expect_utf8(const Bytes& bytes, const std::string& file) {
  for (size_t at = 0; at < bytes.size();) {
    uint64_t eight = 0;
    if (at + sizeof eight <= bytes.size()) std::memcpy(&eight, bytes.data() + at, sizeof eight);
    else eight = ~uint64_t{0};
    if ((eight & 0x8080808080808080) == 0) {
      at += sizeof eight;
      continue;
    }
    const size_t length = letter_at(bytes, at);
    if (length == 0)
      refuse(
          file,
          "row " + std::to_string(std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1),
          "is not written in UTF-8\n  help: csv(..., encoding: latin1) reads Latin-1, in which all bytes are letters");
    at += length;
  }
}

bool begins(const Bytes& bytes, std::string_view mark) {
  return std::string_view(bytes.data(), bytes.size()).starts_with(mark);
}

}  // namespace

TableFile table_file(const std::string& path, FileBytes bytes, const DataValue& source) {
  using namespace std::string_view_literals;
  const auto shared = [](Bytes text) { return std::make_shared<const Bytes>(std::move(text)); };
  if (is_gzip(bytes->data(), bytes->size()))
    bytes = shared(gunzip(bytes->data(), bytes->size(), most_inflated(bytes->size()), path));
  const bool low_first = begins(*bytes, "\xff\xfe"sv), high_first = begins(*bytes, "\xfe\xff"sv);
  if (begins(*bytes, "\xff\xfe\0\0"sv) || begins(*bytes, "\0\0\xfe\xff"sv))
    refuse(path, "", "is written in UTF-32: save it as UTF-8");
  if (low_first || high_first) bytes = shared(from_utf16(*bytes, low_first ? 0 : 1, path));
  else if (source.word(source_words::encoding) == source_words::latin1) bytes = shared(from_latin1(*bytes));
  else expect_utf8(*bytes, path);
  if (const void* zero = bytes->empty() ? nullptr : std::memchr(bytes->data(), 0, bytes->size()))
    refuse(path, "row " + std::to_string(std::count(bytes->data(), static_cast<const char*>(zero), '\n') + 1),
           "holds a byte 0: this is no text, or one in UTF-16 without its mark");
  return {path, std::move(bytes)};
}

TableFile read_table_file(const std::string& path, const DataValue& source) {
  if (path != standard_input) return table_file(path, share_file(path), source);
  static const FileBytes bytes = share_input();
  return table_file("the standard input", bytes, source);
}

}  // namespace dnnc::runtime
