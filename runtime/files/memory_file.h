#pragma once
#include <string>
#include <vector>

#include "runtime/files/descriptor.h"

namespace dnnc::runtime {

/// A file that lies in memory alone, for what reads and writes files by their names: it takes no room in any folder, nothing
/// of it is left behind, and nobody else can change it.
class MemoryFile {
 public:
  /// Throws Failure with the system's reason if there is no such file to be had.
  explicit MemoryFile(const char* data = nullptr, size_t bytes = 0);

  /// A name that is good in this process as long as this object lives.
  std::string path() const;
  /// What it holds now. Throws Failure.
  std::vector<char> contents() const;

 private:
  Descriptor file_;
};

}  // namespace dnnc::runtime
