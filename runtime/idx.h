#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/source.h"

namespace dnnc::runtime {

/// An array of bytes in the IDX form of MNIST. The first extent is the number of examples.
struct IdxArray {
  std::string path;
  std::vector<int64_t> shape;
  const char* values = nullptr;
  std::shared_ptr<const void> owner;
};

/// Reads a plain or gzip IDX file of bytes; a plain one is mapped. Throws Failure where the file is not as it says.
IdxArray read_idx(const std::string& path);

/// Paths of a set in IDX form; those of the test part may be empty.
struct IdxFiles {
  std::string images, labels, test_images, test_labels;
};

/// The fields `image` and `label` that the program declares, the test files' examples last.
LoadedSource load_idx_files(const SourceRequest& request, const IdxFiles& files);

}  // namespace dnnc::runtime
