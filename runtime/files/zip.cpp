#include "runtime/files/zip.h"

#include <zlib.h>

#include "runtime/files/inflate.h"
#include "runtime/program/available_memory.h"
#include "runtime/program/failure.h"

// The form of zip files is that of PKWARE's APPNOTE 6.3: a central directory at the end points to the entries.
namespace dnnc::runtime {
namespace {

constexpr uint64_t end_bytes = 22, most_comment = 65535, entry_bytes = 46, local_bytes = 30;
constexpr uint32_t end_mark = 0x06054b50, entry_mark = 0x02014b50, local_mark = 0x04034b50;
constexpr uint32_t end64_mark = 0x06064b50, locator64_mark = 0x07064b50;
constexpr uint64_t locator64_bytes = 20, end64_bytes = 56;

[[noreturn]] void refuse_zip(const std::string& path, const std::string& what) {
  throw Failure(exit_wrong, path + ": " + what);
}

/// Little-endian numbers of the file; reading outside of it is refused.
class Reader {
 public:
  Reader(const ZipArchive& archive) : archive_(archive) {}
  uint64_t size() const { return archive_.file->size(); }
  uint64_t number(uint64_t at, int bytes) const {
    if (at > size() || size() - at < static_cast<uint64_t>(bytes))
      refuse_zip(archive_.path, "is a zip file that is cut off");
    uint64_t value = 0;
    for (int k = bytes - 1; k >= 0; --k)
      value = value << 8 | static_cast<unsigned char>(archive_.file->data()[at + static_cast<uint64_t>(k)]);
    return value;
  }
  std::string text(uint64_t at, uint64_t bytes) const {
    if (at > size() || size() - at < bytes) refuse_zip(archive_.path, "is a zip file that is cut off");
    return std::string(archive_.file->data() + at, bytes);
  }

 private:
  const ZipArchive& archive_;
};

/// Where the central directory starts and how many entries it has.
struct Directory {
  uint64_t offset = 0, entries = 0;
};

Directory find_directory(const Reader& reader, const std::string& path) {
  if (reader.size() < end_bytes) refuse_zip(path, "is no zip file");
  const uint64_t last = reader.size() - end_bytes;
  const uint64_t first = last > most_comment ? last - most_comment : 0;
  for (uint64_t at = last + 1; at-- > first;) {
    if (reader.number(at, 4) != end_mark) continue;
    Directory directory{reader.number(at + 16, 4), reader.number(at + 10, 2)};
    if (at >= locator64_bytes && reader.number(at - locator64_bytes, 4) == locator64_mark) {
      const uint64_t end = reader.number(at - locator64_bytes + 8, 8);
      if (end > reader.size() - end64_bytes || reader.number(end, 4) != end64_mark)
        refuse_zip(path, "is a damaged zip file");
      directory = {reader.number(end + 48, 8), reader.number(end + 32, 8)};
    }
    return directory;
  }
  refuse_zip(path, "is no zip file, or one that is cut off");
}

/// Sizes that do not fit 32 bits stand in the extra field 1, in this order, each only if it is all ones in its place.
void read_zip64(const Reader& reader, uint64_t at, uint64_t bytes, ZipEntry& entry) {
  const uint64_t end = at + bytes;
  while (at + 4 <= end) {
    const uint64_t id = reader.number(at, 2), length = reader.number(at + 2, 2);
    uint64_t value = at + 4;
    if (id == 1)
      for (uint64_t* size : {&entry.bytes, &entry.packed_bytes, &entry.header_offset})
        if (*size == UINT32_MAX && value + 8 <= end) {
          *size = reader.number(value, 8);
          value += 8;
        }
    at += 4 + length;
  }
}

ZipEntry read_directory_entry(const Reader& reader, const std::string& path, uint64_t& at) {
  if (reader.number(at, 4) != entry_mark) refuse_zip(path, "is a damaged zip file: its table of contents is broken");
  if (reader.number(at + 8, 2) & 1) refuse_zip(path, "is encrypted");
  ZipEntry entry;
  entry.method = static_cast<uint16_t>(reader.number(at + 10, 2));
  entry.crc = static_cast<uint32_t>(reader.number(at + 16, 4));
  entry.packed_bytes = reader.number(at + 20, 4);
  entry.bytes = reader.number(at + 24, 4);
  entry.header_offset = reader.number(at + 42, 4);
  const uint64_t name = reader.number(at + 28, 2), extra = reader.number(at + 30, 2),
                 comment = reader.number(at + 32, 2);
  entry.name = reader.text(at + entry_bytes, name);
  read_zip64(reader, at + entry_bytes + name, extra, entry);
  at += entry_bytes + name + extra + comment;
  return entry;
}

}  // namespace

ZipArchive open_zip(const std::string& path) { return open_zip(path, share_file(path)); }

ZipArchive open_zip(const std::string& path, FileBytes file) {
  ZipArchive archive{path, std::move(file), {}};
  const Reader reader(archive);
  const Directory directory = find_directory(reader, path);
  if (directory.entries > reader.size() / entry_bytes)
    refuse_zip(path, "is a damaged zip file: it says too many entries");
  uint64_t at = directory.offset;
  for (uint64_t k = 0; k < directory.entries; ++k) archive.entries.push_back(read_directory_entry(reader, path, at));
  return archive;
}

std::vector<char> read_entry(const ZipArchive& archive, const ZipEntry& entry) {
  const Reader reader(archive);
  const std::string file = archive.path + ", " + entry.name;
  if (reader.number(entry.header_offset, 4) != local_mark) refuse_zip(file, "is not where the zip file says");
  const uint64_t start = entry.header_offset + local_bytes + reader.number(entry.header_offset + 26, 2) +
                         reader.number(entry.header_offset + 28, 2);
  if (start > reader.size() || reader.size() - start < entry.packed_bytes) refuse_zip(file, "is cut off");
  if (entry.bytes > most_inflated(entry.packed_bytes)) refuse_zip(file, "says that it unpacks to more than it can");
  const char* data = archive.file->data() + start;
  expect_memory(static_cast<int64_t>(std::min<uint64_t>(entry.bytes, INT64_MAX)), file);
  std::vector<char> bytes;
  if (entry.method == 0 && entry.bytes == entry.packed_bytes) bytes.assign(data, data + entry.bytes);
  else if (entry.method == 8) bytes = inflate_raw(data, entry.packed_bytes, entry.bytes, file);
  else refuse_zip(file, "is packed in a way that is not read (method " + std::to_string(entry.method) + ")");
  if (crc32_z(crc32_z(0, nullptr, 0), reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()) != entry.crc)
    refuse_zip(file, "is damaged: its checksum differs");
  return bytes;
}

const ZipEntry* find_entry(const ZipArchive& archive, const std::string& name) {
  for (const ZipEntry& entry : archive.entries)
    if (entry.name == name) return &entry;
  return nullptr;
}

}  // namespace dnnc::runtime
