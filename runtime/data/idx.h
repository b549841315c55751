#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/data/source.h"
#include "runtime/files/files.h"

namespace dnnc::runtime {

/// An array of bytes in the IDX form of MNIST. The first extent is the number of examples.
struct IdxArray {
  std::string path;
  std::vector<int64_t> shape;
  const char* values = nullptr;
  std::shared_ptr<const void> owner;
};

/// Reads a plain or gzip IDX file of bytes. Throws Failure where the file is not as it says.
IdxArray read_idx(const std::string& path);

/// The same from its bytes; `path` is for messages.
IdxArray read_idx(const std::string& path, FileBytes file);
IdxArray read_idx(const std::string& path, const char* data, size_t bytes, std::shared_ptr<const void> owner);

/// Images and their labels.
struct IdxPair {
  IdxArray images, labels;
};

/// The fields `image` and `label` that the program declares. The examples of a second pair are the test part.
LoadedSource load_idx_pairs(const SourceRequest& request, const std::vector<IdxPair>& pairs);

}  // namespace dnnc::runtime
