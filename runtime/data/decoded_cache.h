#pragma once
#include <optional>
#include <string>
#include <vector>

#include "runtime/data/source.h"

namespace dnnc::runtime {

/// Rows of bytes that were expensive to make, as a file that is mapped the next time. `key` says everything that they
/// were made from; the file carries its length and a hash of key and bytes, and is made again if they do not fit.
struct DecodedRows {
  const char* rows = nullptr;
  std::shared_ptr<const void> owner;
};

/// The rows stored under `key`, if they are there and whole.
std::optional<DecodedRows> find_decoded(const std::string& folder, const std::string& key, size_t bytes);

/// Stores rows for the next time; a cache that cannot be written is no failure.
void keep_decoded(const std::string& folder, const std::string& key, const char* rows, size_t bytes);

}  // namespace dnnc::runtime
