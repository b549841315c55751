#include "runtime/data/table_text.h"

#include <algorithm>
#include <cstring>

#include "runtime/data/inputs.h"
#include "runtime/data/source_table.h"
#include "runtime/files/inflate.h"
#include "runtime/files/npy.h"
#include "runtime/files/utf8.h"
#include "runtime/program/available_memory.h"
#include "runtime/program/shown.h"

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

/// Files that are no tables, by their first bytes, and what to do.
constexpr struct {
  std::string_view begins;
  const char* fault;
} other_files[] = {
    {"PK\x03\x04", "is a zip archive and no text\n  help: npz(...) reads arrays of NumPy; a workbook is saved as .csv"},
    {npy_begins, "is an array of NumPy and no text\n  help: source = npy(x: \"x.npy\", y: \"y.npy\") reads such files"},
    {"\xd0\xcf\x11\xe0", "is a workbook and no text\n  help: save it as .csv"},
    {"PAR1\x15", "is a Parquet file and no text\n  help: save it as .csv"},
    {"\x89HDF", "is an HDF5 file and no text\n  help: save it as .csv or .npz"},
    {"SQLite format 3", "is a data base and no text\n  help: save the table as .csv"},
    {"BZh91AY&SY", "is packed by bzip2\n  help: unpack it, or pack it by gzip"},
    {"\xfd"
     "7zXZ",
     "is packed by xz\n  help: unpack it, or pack it by gzip"},
    {"\x28\xb5\x2f\xfd", "is packed by zstd\n  help: unpack it, or pack it by gzip"},
};

void expect_utf8(const Bytes& bytes, const std::string& file) {
  for (size_t at = 0; at < bytes.size();) {
    uint64_t eight = 0;
    if (at + sizeof eight <= bytes.size()) std::memcpy(&eight, bytes.data() + at, sizeof eight);
    else eight = ~uint64_t{0};
    if ((eight & 0x8080808080808080) == 0) {
      at += sizeof eight;
      continue;
    }
    const size_t length = first_character({bytes.data() + at, bytes.size() - at}).bytes;
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
  for (const auto& [mark, fault] : other_files)
    if (begins(*bytes, mark)) refuse(path, "", fault);
  const bool low_first = begins(*bytes, "\xff\xfe"sv), high_first = begins(*bytes, "\xfe\xff"sv);
  if (begins(*bytes, "\xff\xfe\0\0"sv) || begins(*bytes, "\0\0\xfe\xff"sv))
    refuse(path, "", "is written in UTF-32: save it as UTF-8");
  if (low_first || high_first) bytes = shared(from_utf16(*bytes, low_first ? 0 : 1, path));
  // No letter of a text is 0, in whatever encoding of single bytes: that is looked for before one is advised.
  if (const void* zero = bytes->empty() ? nullptr : std::memchr(bytes->data(), 0, bytes->size()))
    refuse(path, "row " + std::to_string(std::count(bytes->data(), static_cast<const char*>(zero), '\n') + 1),
           "holds a byte 0: this is no text, or one in UTF-16 without its mark\n  help: save it as UTF-8");
  if (low_first || high_first) return {path, std::move(bytes)};
  if (source.word(source_words::encoding) == source_words::latin1) bytes = shared(from_latin1(*bytes));
  else expect_utf8(*bytes, path);
  return {path, std::move(bytes)};
}

TableFile read_table_file(const std::string& path, const DataValue& source) {
  if (path != standard_input) return table_file(path, share_file(path), source);
  static const FileBytes bytes = share_input();
  return table_file("the standard input", bytes, source);
}

}  // namespace dnnc::runtime
