#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/files/files.h"

namespace dnnc::runtime {

/// The first bytes of an archive.
inline constexpr std::string_view zip_begins = "PK";

/// A file inside a zip archive.
struct ZipEntry {
  std::string name;
  uint16_t method = 0;  ///< 0: stored, 8: deflated
  uint32_t crc = 0;
  uint64_t packed_bytes = 0, bytes = 0;
  uint64_t header_offset = 0;
};

/// A zip archive (.npz, .whl), its table of contents read and checked against the size of the file.
struct ZipArchive {
  std::string path;
  FileBytes file;
  std::vector<ZipEntry> entries;
};

/// Throws Failure for what is no zip archive, or one that is cut off or encrypted. Reads zip64 sizes.
ZipArchive open_zip(const std::string& path);
/// The same from its bytes; `path` is for messages.
ZipArchive open_zip(const std::string& path, FileBytes file);

/// The unpacked bytes of an entry, their checksum verified. Throws Failure.
std::vector<char> read_entry(const ZipArchive& archive, const ZipEntry& entry);

/// The entry of that name, or null.
const ZipEntry* find_entry(const ZipArchive& archive, const std::string& name);

}  // namespace dnnc::runtime
