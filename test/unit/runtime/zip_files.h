#pragma once
#include <zlib.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Makes zip files, good ones and ones that say what is not so, for tests of their readers.
namespace dnnc::runtime {

inline void append_number(std::string& bytes, uint64_t number, int count) {
  for (int k = 0; k < count; ++k) bytes += static_cast<char>(number >> (8 * k));
}

/// An entry that is stored as it is. What tests change stands for what follows from `content`.
struct ZipFile {
  std::string name = "a.txt", content = "hello";
  std::optional<uint32_t> crc = {};
  std::optional<uint64_t> bytes = {}, packed = {}, header_offset = {};
  uint16_t flags = 0, method = 0;
  bool wide = false;  ///< sizes and place stand in the extra field that has 64 bits for each

  uint32_t checksum() const {
    const auto* data = reinterpret_cast<const Bytef*>(content.data());
    return crc.value_or(static_cast<uint32_t>(crc32(0, data, static_cast<uInt>(content.size()))));
  }
  std::string local() const {
    std::string text;
    append_number(text, 0x04034b50, 4);
    for (uint64_t number : {20, int{flags}, int{method}, 0, 0}) append_number(text, number, 2);
    append_number(text, checksum(), 4);
    append_number(text, packed.value_or(content.size()), 4), append_number(text, bytes.value_or(content.size()), 4);
    append_number(text, name.size(), 2), append_number(text, 0, 2);
    return text + name + content;
  }
  std::string entry(uint64_t offset) const {
    const uint64_t sizes[] = {packed.value_or(content.size()), bytes.value_or(content.size())};
    const uint64_t place = header_offset.value_or(offset);
    std::string extra;
    if (wide) {
      append_number(extra, 7, 2), append_number(extra, 1, 2), extra += "?";  // another program's field
      append_number(extra, 1, 2), append_number(extra, 24, 2);
      for (uint64_t number : {sizes[1], sizes[0], place}) append_number(extra, number, 8);
    }
    std::string text;
    append_number(text, 0x02014b50, 4);
    for (uint64_t number : {20, 20, int{flags}, int{method}, 0, 0}) append_number(text, number, 2);
    append_number(text, checksum(), 4);
    for (uint64_t size : sizes) append_number(text, wide ? UINT32_MAX : size, 4);
    append_number(text, name.size(), 2), append_number(text, extra.size(), 2);
    for (int k = 0; k < 3; ++k) append_number(text, 0, 2);
    append_number(text, 0, 4), append_number(text, wide ? UINT32_MAX : place, 4);
    return text + name + extra;
  }
};

/// `wide`: the place of the table of contents is said in 64 bits, `end_offset` bytes off.
inline std::string zip(const std::vector<ZipFile>& files, bool wide = false, uint64_t end_offset = 0) {
  std::string text, entries;
  for (const ZipFile& file : files) {
    entries += file.entry(text.size());
    text += file.local();
  }
  const uint64_t start = text.size(), count = files.size(), end = start + entries.size();
  text += entries;
  if (wide) {
    append_number(text, 0x06064b50, 4), append_number(text, 44, 8), append_number(text, 45, 2),
        append_number(text, 45, 2);
    append_number(text, 0, 8), append_number(text, count, 8), append_number(text, count, 8);
    append_number(text, entries.size(), 8), append_number(text, start, 8);
    append_number(text, 0x07064b50, 4), append_number(text, 0, 4), append_number(text, end + end_offset, 8);
    append_number(text, 1, 4);
  }
  append_number(text, 0x06054b50, 4), append_number(text, 0, 4);
  for (int k = 0; k < 2; ++k) append_number(text, wide ? UINT16_MAX : count, 2);
  append_number(text, entries.size(), 4), append_number(text, wide ? UINT32_MAX : start, 4), append_number(text, 0, 2);
  return text;
}

}  // namespace dnnc::runtime
