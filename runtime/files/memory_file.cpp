#include "runtime/files/memory_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "runtime/files/files.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

[[noreturn]] void fail_in_memory(int reason) {
  throw Failure(exit_input_output, std::string("a file in memory: ") + std::strerror(reason));
}

}  // namespace

MemoryFile::MemoryFile(const char* data, size_t bytes) : file_(::memfd_create("dnnc", MFD_CLOEXEC)) {
  if (!file_ || !write_all(file_.number(), data, bytes)) fail_in_memory(errno);
}

std::string MemoryFile::path() const { return "/proc/self/fd/" + std::to_string(file_.number()); }

std::vector<char> MemoryFile::contents() const {
  std::vector<char> data;
  if (::lseek(file_.number(), 0, SEEK_SET) < 0 || !read_all(file_.number(), data)) fail_in_memory(errno);
  return data;
}

}  // namespace dnnc::runtime
