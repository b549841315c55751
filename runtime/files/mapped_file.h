#pragma once
#include <cstddef>
#include <memory>
#include <string>

namespace dnnc::runtime {

/// A file's bytes, read from the disk where they are looked at. The mapping lives as long as the object.
class MappedFile {
 public:
  MappedFile(const char* data, size_t bytes) : data_(data), bytes_(bytes) {}
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  const char* data() const { return data_; }
  size_t size() const { return bytes_; }

 private:
  const char* data_;
  size_t bytes_;
};

/// Throws Failure(exit_input_output) with the path and the system's reason.
std::shared_ptr<const MappedFile> map_file(const std::string& path);

bool file_exists(const std::string& path);
bool is_folder(const std::string& path);

}  // namespace dnnc::runtime
