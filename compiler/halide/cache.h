#pragma once
#include <optional>
#include <string>
#include <vector>

namespace dnnc {

/// Objects of kernels on disk, one file each: `FOLDER/KEY.kernel`, the object after a hash of key and object. Several
/// processes may share a folder: files are renamed into place whole. What cannot be read or written is passed over.

/// The object kept under `key`, if there is one and it fits its hash.
std::optional<std::vector<char>> read_cached(const std::string& folder, const std::string& key);
void write_cached(const std::string& folder, const std::string& key, const std::vector<char>& object);

}  // namespace dnnc
