#include "runtime/files/write_npz.h"

#include <zlib.h>

#include <algorithm>

#include "runtime/files/npy.h"
#include "runtime/program/failure.h"
#include "runtime/program/shown.h"

namespace dnnc::runtime {
namespace {

template <class Number>
void put(std::string& bytes, Number number) {
  for (size_t k = 0; k < sizeof number; ++k) bytes += static_cast<char>(number >> (8 * k) & 0xFF);
}

/// What stands before the numbers, a multiple of 64 bytes.
std::string npy_header(const NpzArray& array) {
  std::string shape;
  for (const int64_t extent : array.shape) shape += std::to_string(extent) + ", ";
  if (array.shape.size() > 1) shape.resize(shape.size() - 2);
  std::string header = "{'descr': '" + array.type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  constexpr size_t before = 10, multiple = 64;
  header.resize((before + header.size() + multiple) / multiple * multiple - before - 1, ' ');
  header += '\n';
  std::string bytes(npy_begins);
  put(bytes, uint16_t{1});
  put(bytes, static_cast<uint16_t>(header.size()));
  return bytes + header;
}

/// What a zip archive says of an entry before its bytes, and again in its table.
std::string entry_header(const std::string& name, uint32_t crc, size_t bytes) {
  constexpr uint16_t version = 20, named_in_utf8 = 1 << 11, stored = 0, midnight = 0, first_day = 0x21;
  std::string header;
  for (const uint16_t number : {version, named_in_utf8, stored, midnight, first_day}) put(header, number);
  put(header, crc);
  put(header, static_cast<uint32_t>(bytes));
  put(header, static_cast<uint32_t>(bytes));
  put(header, static_cast<uint16_t>(name.size()));
  put(header, uint16_t{0});
  return header;
}

}  // namespace

NpzArray text_array(const std::string& name, const std::vector<std::string>& texts) {
  std::vector<std::vector<uint32_t>> letters;
  size_t most = 1;
  for (const std::string& text : texts) {
    std::vector<uint32_t>& of = letters.emplace_back();
    for (std::string_view rest = text; !rest.empty();) {
      const FirstCharacter first = first_character(rest);
      constexpr uint32_t no_letter = 0xFFFD;
      of.push_back(first.bytes ? first.value : no_letter);
      rest.remove_prefix(std::max<size_t>(1, first.bytes));
    }
    most = std::max(most, of.size());
  }
  NpzArray array{name, "<U" + std::to_string(most), {static_cast<int64_t>(texts.size())}, {}, true};
  for (std::vector<uint32_t>& of : letters) {
    of.resize(most);
    for (const uint32_t letter : of) put(array.bytes, letter);
  }
  return array;
}

std::string npz_bytes(const std::vector<NpzArray>& arrays, const std::string& path) {
  std::string file, table;
  for (const NpzArray& array : arrays) {
    const std::string name = array.name + npy_ending, bytes = npy_header(array) + array.bytes;
    const auto crc = static_cast<uint32_t>(
        crc32_z(crc32_z(0, nullptr, 0), reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
    if (bytes.size() + file.size() > UINT32_MAX - (size_t{1} << 20) || arrays.size() >= UINT16_MAX)
      throw Failure(exit_input_output, path + ": a file .npz holds 4 GiB at most; .csv and .jsonl hold more");
    const std::string header = entry_header(name, crc, bytes.size());
    constexpr uint16_t made_by = 20;
    table += "PK\1\2";
    put(table, made_by);
    table += header;
    put(table, uint16_t{0});  // of a comment
    put(table, uint16_t{0});  // the number of the disk
    put(table, uint16_t{0});
    put(table, uint32_t{0});
    put(table, static_cast<uint32_t>(file.size()));
    table += name;
    file += "PK\3\4" + header + name + bytes;
  }
  const auto place = static_cast<uint32_t>(file.size()), bytes = static_cast<uint32_t>(table.size());
  file += table + "PK\5\6";
  put(file, uint32_t{0});
  put(file, static_cast<uint16_t>(arrays.size()));
  put(file, static_cast<uint16_t>(arrays.size()));
  put(file, bytes);
  put(file, place);
  put(file, uint16_t{0});
  return file;
}

}  // namespace dnnc::runtime
