#pragma once
#include <string>
#include <utility>
#include <vector>

namespace dnnc::runtime {

/// Files of a set as bytes, under the names of the catalog.
using UnpackedFiles = std::vector<std::pair<std::string, std::vector<char>>>;

/// The files of the set `name`, which is not part of dnnc, from what the user has at `path`: a wheel, a folder or an
/// archive. Says nothing about whether they are the right ones: the caller checks their hashes. Throws Failure.
UnpackedFiles unpack_set(const std::string& name, const std::string& path);

}  // namespace dnnc::runtime
