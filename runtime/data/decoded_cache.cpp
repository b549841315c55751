#include "runtime/data/decoded_cache.h"

#include <sys/stat.h>

#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "runtime/files/files.h"
#include "runtime/files/mapped_file.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

/// The first bytes of a cache file; the rows follow.
struct Header {
  char magic[8] = {'d', 'n', 'n', 'c', 'r', 'o', 'w', '1'};
  uint64_t bytes = 0;
  uint64_t hash_low = 0, hash_high = 0;
  char filled[32] = {};  ///< rows start at 64 bytes
};
static_assert(sizeof(Header) == 64);

Header header_of(const std::string& key, const char* rows, size_t bytes) {
  Header header;
  const uint64_t seed = XXH3_64bits(key.data(), key.size());
  const XXH128_hash_t hash = XXH3_128bits_withSeed(rows, bytes, seed);
  header.bytes = bytes;
  header.hash_low = hash.low64;
  header.hash_high = hash.high64;
  return header;
}

std::string path_of(const std::string& folder, const std::string& key) {
  const XXH128_hash_t hash = XXH3_128bits(key.data(), key.size());
  char name[48];
  std::snprintf(name, sizeof name, "%016llx%016llx.rows", static_cast<unsigned long long>(hash.high64),
                static_cast<unsigned long long>(hash.low64));
  return folder + "/" + name;
}

void make_folders(const std::string& path) {
  for (size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1))
    ::mkdir(path.substr(0, slash).c_str(), 0755);
}

}  // namespace

std::optional<DecodedRows> find_decoded(const std::string& folder, const std::string& key, size_t bytes) {
  const std::string path = path_of(folder, key);
  if (!file_exists(path)) return std::nullopt;
  const std::shared_ptr<const MappedFile> file = map_file(path);
  if (file->size() != sizeof(Header) + bytes) return std::nullopt;
  const char* rows = file->data() + sizeof(Header);
  const Header wanted = header_of(key, rows, bytes);
  if (std::memcmp(&wanted, file->data(), sizeof(Header)) != 0) return std::nullopt;
  return DecodedRows{rows, file};
}

void keep_decoded(const std::string& folder, const std::string& key, const char* rows, size_t bytes) {
  const std::string path = path_of(folder, key);
  make_folders(path);
  const Header header = header_of(key, rows, bytes);
  std::vector<char> file(sizeof(Header) + bytes);
  std::memcpy(file.data(), &header, sizeof(Header));
  std::memcpy(file.data() + sizeof(Header), rows, bytes);
  try {
    write_file(path, file.data(), file.size());
  } catch (const Failure&) {
    // The rows are in memory; the next run decodes again.
  }
}

}  // namespace dnnc::runtime
