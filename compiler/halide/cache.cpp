#include "compiler/halide/cache.h"

#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

namespace dnnc {
namespace {

namespace fs = std::filesystem;

fs::path path_of(const std::string& folder, const std::string& key) { return fs::path(folder) / (key + ".kernel"); }

/// Of the key too, so that a file under a wrong name does not fit.
XXH128_canonical_t hash_of(const std::string& key, const char* object, size_t bytes) {
  XXH3_state_t state;
  XXH3_128bits_reset(&state);
  XXH3_128bits_update(&state, key.data(), key.size());
  XXH3_128bits_update(&state, object, bytes);
  XXH128_canonical_t hash;
  XXH128_canonicalFromHash(&hash, XXH3_128bits_digest(&state));
  return hash;
}

}  // namespace

std::optional<std::vector<char>> read_cached(const std::string& folder, const std::string& key) {
  std::ifstream file(path_of(folder, key), std::ios::binary);
  if (!file) return std::nullopt;
  std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  XXH128_canonical_t hash;
  if (bytes.size() <= sizeof hash) return std::nullopt;
  hash = hash_of(key, bytes.data() + sizeof hash, bytes.size() - sizeof hash);
  if (std::memcmp(&hash, bytes.data(), sizeof hash) != 0) return std::nullopt;
  bytes.erase(bytes.begin(), bytes.begin() + sizeof hash);
  return bytes;
}

void write_cached(const std::string& folder, const std::string& key, const std::vector<char>& object) {
  static std::atomic<unsigned> number{0};
  std::error_code ignored;
  fs::create_directories(folder, ignored);
  const fs::path temporary = path_of(folder, fmt::format("{}.{}.{}", key, getpid(), number++));
  const XXH128_canonical_t hash = hash_of(key, object.data(), object.size());
  std::ofstream file(temporary, std::ios::binary);
  file.write(reinterpret_cast<const char*>(&hash), sizeof hash);
  file.write(object.data(), static_cast<std::streamsize>(object.size()));
  file.close();
  if (file) fs::rename(temporary, path_of(folder, key), ignored);
  if (!file || ignored) fs::remove(temporary, ignored);
}

}  // namespace dnnc
