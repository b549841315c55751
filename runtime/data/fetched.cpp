#include "runtime/data/fetched.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "runtime/data/source_table.h"
#include "runtime/files/cache.h"
#include "runtime/files/sha256.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

/// What the bytes are called here: a hash that takes no time.
std::string quick_name(const std::vector<char>& bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return std::to_string(bytes.size()) + " bytes " + std::to_string(hash.high64) + " " + std::to_string(hash.low64);
}

/// The SHA-256 of bytes, which is remembered: it takes a second for some two hundred megabytes.
std::string remembered_sha256(const std::vector<char>& bytes, const std::string& folder) {
  const Cache cache(folder + "/verified", ".sha256");
  const std::string name = quick_name(bytes);
  if (const std::optional<std::vector<char>> known = cache.find(name)) return {known->begin(), known->end()};
  const std::string hash = sha256(bytes.data(), bytes.size());
  cache.keep(name, {hash.begin(), hash.end()});
  return hash;
}

}  // namespace

FetchedFile fetched_file(const SourceRequest& request, const SetFile& file) {
  const std::string name = request.data.source.word(source_words::set);
  const LoadOptions& options = request.options;
  if (options.data_folder.empty())
    throw Failure(exit_input_output, "the data set `" + name + "` is not here: " + options.no_data_folder);
  const std::string path = options.data_folder + "/" + name + "/" + file.name;
  if (!file_exists(path))
    throw Failure(exit_input_output,
                  path + ": the data set `" + name + "` is not here; fetch it with: dnnc data fetch " + name);
  return known_file(path, file, name, options.data_folder);
}

FetchedFile known_file(const std::string& path, const SetFile& file, const std::string& set,
                       const std::string& folder) {
  FetchedFile known{path, share_file(path)};
  if (remembered_sha256(*known.bytes, folder) != file.sha256) refuse_damaged(path, set);
  return known;
}

void refuse_damaged(const std::string& path, const std::string& set) {
  throw Failure(exit_wrong, path + ": is damaged: remove it and fetch `" + set + "` again");
}

}  // namespace dnnc::runtime
