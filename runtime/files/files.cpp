#include "runtime/files/files.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <utility>

#include "runtime/files/descriptor.h"
#include "runtime/files/identity.h"
#include "runtime/program/failure.h"
#include "runtime/program/interrupt.h"

namespace dnnc::runtime {
namespace {

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw Failure(exit_input_output, path + ": " + what + ": " + std::strerror(errno));
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// A rename is durable once its folder is synced. Folders that cannot be opened are left to the system.
void sync_folder_of(const std::string& path) {
  const Descriptor folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder) ::fsync(folder.number());
}

constexpr int most_links = 40;  // as the system has it

/// What stands at the place of a file that is to be written.
struct Target {
  std::string path;  ///< behind all links
  bool exists = false;
  struct stat status{};
  bool ordinary() const { return !exists || S_ISREG(status.st_mode); }
};

[[noreturn]] void refuse_to_write(const std::string& path, const std::string& why) {
  throw Failure(exit_input_output, path + ": cannot write: " + why);
}

Target find_target(const std::string& path) {
  if (path.empty()) throw Failure(exit_input_output, "cannot write: the name of the file is empty");
  Target target{behind_links(path)};
  target.exists = ::stat(target.path.c_str(), &target.status) == 0;
  if (!target.exists && errno != ENOENT) fail(path, "cannot write");
  if (target.exists && S_ISDIR(target.status.st_mode)) refuse_to_write(path, "it is a folder");
  if (name_of(target.path).empty()) refuse_to_write(path, "it names a folder");
  // The user who may do anything would replace it without a word.
  const bool locked = target.exists && target.ordinary() && !(target.status.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH));
  if (locked) refuse_to_write(path, "the file is read-only");
  if (target.exists && ::access(target.path.c_str(), W_OK) != 0) fail(path, "cannot write");
  return target;
}

/// Throws Failure where the file is needed as it is.
void expect_no_loss(const std::string& path, const Target& target, const std::vector<std::string>& others) {
  const FileIdentity file = target.exists ? identity_of(target.status) : identity_of(target.path);
  if (target.exists && was_read(target.status)) refuse_to_write(path, "it is a file that is read here");
  if (file == identity_of("/proc/self/exe")) refuse_to_write(path, "it is the running program");
  for (const std::string& other : others)
    if (!other.empty() && file == identity_of(behind_links(other)))
      refuse_to_write(path,
                      other == path ? "it is given twice, and one would be lost" : "it is the same file as " + other);
}

/// Into what is no ordinary file.
void write_through(const std::string& path, const Target& target, const char* data, size_t bytes) {
  Descriptor file(::open(target.path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!file || !write_all(file.number(), data, bytes) || !file.close()) fail(path, "cannot write");
}

/// A new file in the folder of another, which has a name of its own: of several that write at once none takes another's.
struct Beside {
  std::string path;
  Descriptor file;
};

/// A name beside the target that hardly anybody uses, another each time.
std::string name_beside(const Target& target) {
  static std::atomic<unsigned> number{0};
  constexpr size_t most_name = NAME_MAX - 32;
  return folder_of(target.path) + "/." + name_of(target.path).substr(0, most_name) + "." + std::to_string(::getpid()) +
         "." + std::to_string(number++) + ".part";
}

Beside open_beside(const std::string& path, const Target& target, mode_t mode) {
  while (true) {
    const std::string name = name_beside(target);
    const int descriptor = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (descriptor >= 0) return {name, Descriptor(descriptor)};
    if (errno != EEXIST) fail(path, "cannot write");
  }
}

/// A file that is there keeps its mode, and its owner where that may be given.
bool keep_status(int descriptor, const Target& target) {
  if (!target.exists) return true;
  const bool given = ::fchown(descriptor, target.status.st_uid, target.status.st_gid) == 0;
  const mode_t mode = target.status.st_mode & 07777;
  return ::fchmod(descriptor, given ? mode : mode & 0777) == 0;
}

mode_t mode_of_new(FileKind kind) { return kind == FileKind::Program ? 0777 : kind == FileKind::Kept ? 0600 : 0666; }

/// Gives the file that stands at the target a second name, which takes the place of what had it. Where a file can have one
/// name only, it is moved away.
bool keep_old(const Target& target, const std::string& ending) {
  const std::string old = target.path + ending;
  std::string beside = name_beside(target);
  while (::link(target.path.c_str(), beside.c_str()) != 0) {
    if (errno != EEXIST) return ::rename(target.path.c_str(), old.c_str()) == 0;
    beside = name_beside(target);
  }
  const bool kept = ::rename(beside.c_str(), old.c_str()) == 0;
  const int reason = errno;
  ::unlink(beside.c_str());  // it is there still if that failed, or if both are names of one file
  errno = reason;
  return kept;
}

}  // namespace

std::string behind_links(const std::string& path) {
  std::string file = path;
  for (int followed = 0; followed < most_links; ++followed) {
    char target[PATH_MAX];
    const ssize_t length = ::readlink(file.c_str(), target, sizeof target);
    if (length < 0) return file;
    const std::string link(target, static_cast<size_t>(length));
    file = link.starts_with('/') ? link : folder_of(file) + "/" + link;
  }
  errno = ELOOP;
  fail(path, "cannot write");
}

bool write_all(int descriptor, const char* data, size_t bytes) {
  while (bytes > 0) {
    const ssize_t written = ::write(descriptor, data, bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) {
      pollfd ready{descriptor, POLLOUT, 0};
      ::poll(&ready, 1, -1);
      continue;
    }
    if (written < 0) return false;
    data += written;
    bytes -= static_cast<size_t>(written);
  }
  return true;
}

void expect_writable(const std::string& path, const std::vector<std::string>& others) {
  const Target target = find_target(path);
  if (!target.ordinary()) return;
  expect_no_loss(path, target, others);
  const std::string folder = folder_of(target.path);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) fail(path, "cannot write");
  const long longest = ::pathconf(folder.c_str(), _PC_NAME_MAX);
  if (longest > 0 && name_of(target.path).size() > static_cast<size_t>(longest)) {
    errno = ENAMETOOLONG;
    fail(path, "cannot write");
  }
}

/// Opened at once, so that it is known that it can be written.
OutputFile::OutputFile(const std::string& path)
    : path_(path),
      file_(::open(find_target(path).path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0666)) {
  if (!file_) fail(path, "cannot write");
}

void OutputFile::write(std::string_view text) {
  if (!begun_) keep(0);
  if (!write_all(file_.number(), text.data(), text.size())) fail(path_, "cannot write");
}

std::string OutputFile::text() const {
  if (!is_ordinary()) return "";
  const std::vector<char> bytes = read_file(path_);
  return {bytes.begin(), bytes.end()};
}

void OutputFile::keep(size_t bytes) {
  begun_ = true;
  if (is_ordinary() && ::ftruncate(file_.number(), static_cast<off_t>(bytes)) != 0) fail(path_, "cannot write");
}

bool OutputFile::is_ordinary() const {
  struct stat status{};
  return ::fstat(file_.number(), &status) == 0 && S_ISREG(status.st_mode);
}

void write_file(const std::string& path, const char* data, size_t bytes, FileKind kind, const char* old_ending) {
  const Target target = find_target(path);
  if (!target.ordinary()) return write_through(path, target, data, bytes);
  const SignalsWait until_it_is_in_place;
  Beside beside = open_beside(path, target, mode_of_new(kind));
  const int descriptor = beside.file.number();
  const bool lasts = kind != FileKind::Kept;
  if (!write_all(descriptor, data, bytes) || !keep_status(descriptor, target) || (lasts && ::fsync(descriptor) != 0) ||
      !beside.file.close() || (old_ending && target.exists && !keep_old(target, old_ending)) ||
      ::rename(beside.path.c_str(), target.path.c_str()) != 0) {
    const int reason = errno;
    ::unlink(beside.path.c_str());
    errno = reason;
    fail(path, "cannot write");
  }
  if (lasts) sync_folder_of(target.path);
}

}  // namespace dnnc::runtime
