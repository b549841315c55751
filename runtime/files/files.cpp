#include "runtime/files/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw Failure(exit_input_output, path + ": " + what + ": " + std::strerror(errno));
}

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int descriptor() const { return descriptor_; }
  bool close() {
    const int result = ::close(descriptor_);
    descriptor_ = -1;
    return result == 0;
  }

 private:
  int descriptor_;
};

bool write_all(int descriptor, const char* data, size_t bytes) {
  while (bytes > 0) {
    const ssize_t written = ::write(descriptor, data, bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    data += written;
    bytes -= static_cast<size_t>(written);
  }
  return true;
}

/// A rename is durable once its folder is synced. Folders that cannot be opened are left to the system.
void sync_folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (file.descriptor() >= 0) ::fsync(file.descriptor());
}

}  // namespace

std::vector<char> read_file(const std::string& path) {
  File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (file.descriptor() < 0 || ::fstat(file.descriptor(), &status) != 0) fail(path, "cannot read");
  if (S_ISDIR(status.st_mode)) throw Failure(exit_input_output, path + ": cannot read: it is a folder");
  std::vector<char> data(static_cast<size_t>(status.st_size));
  size_t filled = 0;
  while (true) {
    if (filled == data.size()) data.resize(data.size() + 4096);
    const ssize_t got = ::read(file.descriptor(), data.data() + filled, data.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path, "cannot read");
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  data.resize(filled);
  return data;
}

void expect_writable(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode))
    throw Failure(exit_input_output, path + ": cannot write: it is a folder");
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) fail(path, "cannot write");
}

void write_file(const std::string& path, const char* data, size_t bytes) {
  const std::string beside = path + ".part";
  File file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (file.descriptor() < 0) fail(path, "cannot write");
  if (!write_all(file.descriptor(), data, bytes) || ::fsync(file.descriptor()) != 0 || !file.close() ||
      ::rename(beside.c_str(), path.c_str()) != 0) {
    const int reason = errno;
    ::unlink(beside.c_str());
    errno = reason;
    fail(path, "cannot write");
  }
  sync_folder_of(path);
}

}  // namespace dnnc::runtime
