#include "runtime/files/cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "runtime/files/files.h"
#include "runtime/files/own_folder.h"
#include "runtime/files/sha256.h"
#include "runtime/program/available_memory.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

using Hash = XXH128_canonical_t;

/// Of the text too, so that a file under a wrong name does not fit.
Hash hash_of(const std::string& made_from, const char* thing, size_t bytes) {
  const uint64_t length = made_from.size();
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  XXH3_128bits_update(&state, &length, sizeof length);
  XXH3_128bits_update(&state, made_from.data(), made_from.size());
  XXH3_128bits_update(&state, thing, bytes);
  Hash hash;
  XXH128_canonicalFromHash(&hash, XXH3_128bits_digest(&state));
  return hash;
}

/// The bytes of a file that this user alone can have written; empty if it is none.
std::vector<char> own_bytes(const std::string& path) {
  const Descriptor file = open_file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (!file) return {};
  struct stat status{};
  std::vector<char> bytes;
  const bool own = ::fstat(file.number(), &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
                   !(status.st_mode & (S_IWGRP | S_IWOTH)) && is_available(status.st_size);
  if (own && !read_all(file.number(), bytes)) bytes.clear();
  return bytes;
}

}  // namespace

std::string Cache::name_of(const std::string& made_from) const {
  const Hash hash = hash_of(made_from, nullptr, 0);
  std::string name;
  for (const unsigned char byte : hash.digest) {
    name += hex_digits[byte >> 4];
    name += hex_digits[byte & 15];
  }
  return "/" + name + ending_;
}

std::optional<std::vector<char>> Cache::find(const std::string& made_from) const {
  if (!keeps()) return std::nullopt;
  const Trust folder = trust(folder_);
  if (!folder.path) return std::nullopt;
  std::vector<char> bytes = own_bytes(*folder.path + name_of(made_from));
  if (bytes.size() <= sizeof(Hash)) return std::nullopt;
  const size_t thing = bytes.size() - sizeof(Hash);
  const Hash hash = hash_of(made_from, bytes.data(), thing);
  if (std::memcmp(&hash, bytes.data() + thing, sizeof hash) != 0) return std::nullopt;
  bytes.resize(thing);
  return bytes;
}

void Cache::keep(const std::string& made_from, const std::vector<char>& thing) const {
  if (!keeps()) return;
  const Trust folder = make_own(folder_);
  if (!folder.path) return;
  const Hash hash = hash_of(made_from, thing.data(), thing.size());
  std::vector<char> bytes = thing;
  bytes.insert(bytes.end(), hash.digest, hash.digest + sizeof hash);
  const std::string path = *folder.path + name_of(made_from);
  ::unlink(path.c_str());  // what was not found there may be of another user, or locked
  try {
    write_file(path, bytes.data(), bytes.size(), FileKind::Kept);
  } catch (const Failure&) {
    // The thing is at hand; the next call makes it again.
  }
}

}  // namespace dnnc::runtime
