#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <mutex>

#include "runtime/files/descriptor.h"
#include "runtime/files/files.h"
#include "runtime/files/identity.h"
#include "runtime/program/available_memory.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

[[noreturn]] void refuse_to_read(const std::string& path, const std::string& why) {
  throw Failure(exit_input_output, path + ": cannot read: " + why);
}

[[noreturn]] void fail_to_read(const std::string& path) { refuse_to_read(path, std::strerror(errno)); }

/// What this process has read, and when that was changed last.
std::mutex read_mutex;
std::map<FileIdentity, timespec> read_files;
std::set<std::string>* collected = nullptr;

/// What is no ordinary file, in words; null for one.
const char* special_kind(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG:
      return nullptr;
    case S_IFDIR:
      return "it is a folder";
    case S_IFIFO:
      return "it is a pipe, not a file";
    case S_IFSOCK:
      return "it is a socket, not a file";
    default:
      return "it is a device, not a file";
  }
}

void expect_ordinary(const std::string& path, const struct stat& status) {
  if (const char* kind = special_kind(status.st_mode)) refuse_to_read(path, kind);
}

[[noreturn]] void refuse_size(const std::string& path, size_t most_bytes) {
  refuse_to_read(path, "it has more than " + std::to_string(most_bytes) + " bytes");
}

/// Everything that `descriptor` gives.
std::vector<char> read_whole(const std::string& path, int descriptor, size_t most_bytes) {
  std::vector<char> data;
  if (read_all(descriptor, data, most_bytes)) return data;
  if (errno == EFBIG) refuse_size(path, most_bytes);
  fail_to_read(path);
}

}  // namespace

bool read_all(int descriptor, std::vector<char>& data, size_t most_bytes) {
  size_t filled = data.size();
  struct stat status{};
  if (::fstat(descriptor, &status) != 0) return false;
  const size_t expected = S_ISREG(status.st_mode) ? static_cast<size_t>(status.st_size) : 0;
  errno = EFBIG;
  if (expected > most_bytes - filled) return false;
  constexpr size_t least_step = size_t{1} << 16;
  // One byte more shows the end without asking for memory that is not needed.
  data.resize(filled + (expected > 0 ? expected + 1 : least_step));
  while (true) {
    if (filled == data.size()) data.resize(filled + std::max(filled / 2, least_step));
    const ssize_t got = ::read(descriptor, data.data() + filled, data.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) break;
    filled += static_cast<size_t>(got);
    errno = EFBIG;
    if (filled > most_bytes) return false;
  }
  data.resize(filled);
  return true;
}

/// Asked before it is opened too: to open some devices does something, and a pipe waits for who writes into it.
std::vector<char> read_file(const std::string& path, size_t most_bytes) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) fail_to_read(path);
  expect_ordinary(path, status);
  const Descriptor file = open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file || ::fstat(file.number(), &status) != 0) fail_to_read(path);
  expect_ordinary(path, status);
  note_read(path, status);
  if (static_cast<size_t>(status.st_size) > most_bytes) refuse_size(path, most_bytes);
  expect_memory(status.st_size, path);
  return read_whole(path, file.number(), most_bytes);
}

FileIdentity identity_of(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) == 0) return identity_of(status);
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  if (::stat(folder.c_str(), &status) != 0) return {.name = path};
  return {status.st_dev, status.st_ino, path.substr(slash + 1)};
}

void note_read(const std::string& path, const struct stat& status) {
  const std::scoped_lock lock(read_mutex);
  read_files[identity_of(status)] = status.st_ctim;
  if (collected) collected->insert(path);
}

CollectRead::CollectRead(std::set<std::string>* paths) {
  const std::scoped_lock lock(read_mutex);
  collected = paths;
}

CollectRead::~CollectRead() {
  const std::scoped_lock lock(read_mutex);
  collected = nullptr;
}

bool was_read(const struct stat& status) {
  const std::scoped_lock lock(read_mutex);
  const auto found = read_files.find(identity_of(status));
  return found != read_files.end() && found->second.tv_sec == status.st_ctim.tv_sec &&
         found->second.tv_nsec == status.st_ctim.tv_nsec;
}

FileBytes share_file(const std::string& path) { return std::make_shared<const std::vector<char>>(read_file(path)); }

FileBytes share_input() {
  const size_t most_bytes = static_cast<size_t>(std::min(int64_t{1} << 30, available_memory().bytes / 2));
  return std::make_shared<const std::vector<char>>(read_whole("the standard input", STDIN_FILENO, most_bytes));
}

namespace {

/// False where there is none.
bool find(const std::string& path, struct stat& status) {
  if (::stat(path.c_str(), &status) == 0) return true;
  for (const int none : {ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG})
    if (errno == none) return false;
  fail_to_read(path);
}

}  // namespace

bool file_exists(const std::string& path) {
  struct stat status{};
  return find(path, status);
}

bool is_folder(const std::string& path) {
  struct stat status{};
  return find(path, status) && S_ISDIR(status.st_mode);
}

std::string path_from(const std::string& folder, const std::string& path) {
  return path.starts_with('/') || folder.empty() ? path : folder + "/" + path;
}

}  // namespace dnnc::runtime
