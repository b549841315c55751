#include "runtime/files/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

[[noreturn]] void fail(const std::string& path, int reason) {
  throw Failure(exit_input_output, path + ": cannot read: " + std::strerror(reason));
}

}  // namespace

MappedFile::~MappedFile() {
  if (bytes_ > 0) ::munmap(const_cast<char*>(data_), bytes_);
}

std::shared_ptr<const MappedFile> map_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) fail(path, errno);
  struct stat status{};
  int reason = ::fstat(descriptor, &status) == 0 ? 0 : errno;
  if (reason == 0 && !S_ISREG(status.st_mode)) reason = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  const size_t bytes = static_cast<size_t>(status.st_size);
  void* data = nullptr;
  if (reason == 0 && bytes > 0) {
    data = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (data == MAP_FAILED) reason = errno;
  }
  ::close(descriptor);
  if (reason != 0) fail(path, reason);
  return std::make_shared<const MappedFile>(static_cast<const char*>(data), bytes);
}

bool file_exists(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0;
}

bool is_folder(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

}  // namespace dnnc::runtime
