#include "runtime/files/memory_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "runtime/files/files.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

[[noreturn]] void fail_in_memory(int reason) {
  throw Failure(exit_input_output, std::string("a file in memory: ") + std::strerror(reason));
}

}  // namespace

MemoryFile::MemoryFile(const char* data, size_t bytes) : descriptor_(::memfd_create("dnnc", MFD_CLOEXEC)) {
  if (descriptor_ < 0) fail_in_memory(errno);
  if (write_all(descriptor_, data, bytes)) return;
  const int reason = errno;
  ::close(descriptor_);
  fail_in_memory(reason);
}

MemoryFile::~MemoryFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

MemoryFile::MemoryFile(MemoryFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

std::string MemoryFile::path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

std::vector<char> MemoryFile::contents() const {
  std::vector<char> data;
  if (::lseek(descriptor_, 0, SEEK_SET) < 0 || !read_all(descriptor_, data)) fail_in_memory(errno);
  return data;
}

}  // namespace dnnc::runtime
