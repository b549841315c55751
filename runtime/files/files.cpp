#include "runtime/files/files.h"

#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include "runtime/files/descriptor.h"
#include "runtime/files/identity.h"
#include "runtime/files/new_file.h"
#include "runtime/files/running_program.h"
#include "runtime/program/failure.h"
#include "runtime/program/interrupt.h"

namespace dnnc::runtime {
namespace {

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw Failure(exit_input_output, path + ": " + what + ": " + std::strerror(errno));
}

bool sync(int descriptor) {
  return uninterrupted([&] { return ::fsync(descriptor); }) == 0;
}

/// What is renamed in a folder is durable once the folder is synced.
class SyncedFolder {
 public:
  /// False with errno if it cannot be opened, though the user may read it: what he may not read is left to the system.
  bool open(const std::string& path) {
    folder_ = open_file(folder_of(path), O_RDONLY | O_DIRECTORY);
    return folder_ || errno == EACCES;
  }
  /// False with errno. Some systems have no way to sync folders.
  bool sync() const { return !folder_ || runtime::sync(folder_.number()) || errno == EINVAL || errno == EROFS; }

 private:
  Descriptor folder_{-1};
};

constexpr int most_links = 40;        // as the system has it
constexpr int step_of_waiting = 100;  // milliseconds, after which it is asked whether to go on

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
  Target target;
  // What is no ordinary file is reached by its own name alone where that is a link to something open, like /dev/stdout.
  const bool special = ::stat(path.c_str(), &target.status) == 0 && !S_ISREG(target.status.st_mode);
  target.path = special ? path : behind_links(path);
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

/// Why no file can take the place of the one that is there, as far as the system tells before it is asked to do so.
std::string why_it_stays(const Target& target) {
  struct statx file{}, folder{};
  const auto look = [](const std::string& path, struct statx& status) {
    return ::statx(AT_FDCWD, path.c_str(), 0, STATX_BASIC_STATS, &status) == 0;
  };
  if (!target.exists || !look(target.path, file) || !look(folder_of(target.path), folder)) return "";
  constexpr uint64_t locked = STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND;
  if (file.stx_attributes & locked) return "its attributes say that it stays (lsattr)";
  if (folder.stx_attributes & locked) return "the attributes of its folder say that it stays (lsattr)";
  if (file.stx_attributes & file.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) return "it is mounted there";
  const uid_t user = ::geteuid();
  const bool others = (folder.stx_mode & S_ISVTX) && user != 0 && user != file.stx_uid && user != folder.stx_uid;
  return others ? "it belongs to another user, who alone may replace it in this folder" : "";
}

/// One whose place a new file can take, or none; or what is written into.
Target find_replaceable(const std::string& path) {
  Target target = find_target(path);
  const std::string why = target.ordinary() ? why_it_stays(target) : "";
  if (!why.empty()) refuse_to_write(path, why);
  return target;
}

bool is_too_long(const std::string& path) {
  const long longest = ::pathconf(folder_of(path).c_str(), _PC_NAME_MAX);
  return longest > 0 && name_of(path).size() > static_cast<size_t>(longest);
}

/// Of the program or a library that it has loaded.
bool is_running(const FileIdentity& file) {
  const auto is_it = [](dl_phdr_info* part, size_t, void* wanted) {
    return int{*part->dlpi_name && identity_of(part->dlpi_name) == *static_cast<const FileIdentity*>(wanted)};
  };
  FileIdentity wanted = file;
  return ::dl_iterate_phdr(is_it, &wanted) != 0;
}

/// Throws Failure where the file is needed as it is.
void expect_no_loss(const std::string& path, const Target& target, const std::vector<std::string>& others) {
  const FileIdentity file = target.exists ? identity_of(target.status) : identity_of(target.path);
  if (target.exists && was_read(target.status)) refuse_to_write(path, "it is a file that is read here");
  if (file == identity_of(running_program_link)) refuse_to_write(path, "it is the running program");
  if (target.exists && is_running(file)) refuse_to_write(path, "it is a part of the running program");
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO})
    if (struct stat status{}; ::fstat(stream, &status) == 0 && file == identity_of(status))
      refuse_to_write(path, "what is printed goes there");
  for (const std::string& other : others)
    if (!other.empty() && file == identity_of(behind_links(other)))
      refuse_to_write(path,
                      other == path ? "it is given twice, and one would be lost" : "it is the same file as " + other);
}

/// A pipe is opened when somebody reads it. None with errno.
Descriptor open_to_write_through(const Target& target) {
  constexpr int flags = O_WRONLY | O_NOCTTY;
  if (!S_ISFIFO(target.status.st_mode)) return open_file(target.path, flags);
  while (true) {
    Descriptor file = open_file(target.path, flags | O_NONBLOCK);
    if (file || errno != ENXIO) return file;
    ::poll(nullptr, 0, step_of_waiting);
    if (!interrupted()) continue;
    errno = EINTR;
    return file;
  }
}

/// Into what is no ordinary file.
void write_through(const std::string& path, const Target& target, const char* data, size_t bytes) {
  Descriptor file = open_to_write_through(target);
  if (file && write_all(file.number(), data, bytes) && file.close()) return;
  if (errno == EINTR && interrupted()) throw Interrupted();
  fail(path, "cannot write");
}

/// A file that is there keeps its mode, and its owner where that may be given.
bool keep_status(int descriptor, const Target& target) {
  if (!target.exists) return true;
  const bool given = ::fchown(descriptor, target.status.st_uid, target.status.st_gid) == 0;
  const mode_t mode = target.status.st_mode & 07777;
  return ::fchmod(descriptor, given ? mode : mode & 0777) == 0;
}

mode_t mode_of_new(FileKind kind) { return kind == FileKind::Program ? 0777 : kind == FileKind::Kept ? 0600 : 0666; }

/// The file that stands there gets an old name, and keeps its own until another takes it. Where a file can have one name
/// only, it is moved away. False with errno.
bool keep_old(const std::string& path, const std::string& old) {
  const PassingName second(path, [&](const char* name) { return ::link(path.c_str(), name); });
  if (second.made()) return second.put(old);
  const bool one_name = errno == EPERM || errno == EOPNOTSUPP || errno == EMLINK || errno == ENOSYS;
  return one_name && ::rename(path.c_str(), old.c_str()) == 0;
}

/// Puts a whole file where it belongs. False with errno, and then the file that was there is there.
bool put_in_place(NewFile& whole, const Target& target, const char* old_ending) {
  const std::string old = old_ending && target.exists ? target.path + old_ending : "";
  if (!old.empty() && !keep_old(target.path, old)) return false;
  if (whole.put()) return true;
  const int reason = errno;
  if (!old.empty() && ::access(target.path.c_str(), F_OK) != 0) ::rename(old.c_str(), target.path.c_str());
  errno = reason;
  return false;
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

/// Waits until what is written will not wait. False with EINTR if a signal ends that: who does not read may never.
bool wait_for_reader(int descriptor) {
  pollfd ready{descriptor, POLLOUT, 0};
  while (true) {
    const int found = ::poll(&ready, 1, step_of_waiting);
    if (found > 0 || (found < 0 && errno != EINTR)) return true;
    if (found == 0 && interrupted()) break;
  }
  errno = EINTR;
  return false;
}

bool write_all(int descriptor, const char* data, size_t bytes) {
  struct stat status{};
  const bool ordinary = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  while (bytes > 0) {
    if (!ordinary && !wait_for_reader(descriptor)) return false;
    // So much fits into a pipe that takes anything.
    const ssize_t written = ::write(descriptor, data, ordinary ? bytes : std::min<size_t>(bytes, PIPE_BUF));
    if (written < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (written < 0) return false;
    data += written;
    bytes -= static_cast<size_t>(written);
  }
  return true;
}

void expect_writable(const std::string& path, const std::vector<std::string>& others) {
  const Target target = find_replaceable(path);
  if (!target.ordinary()) return;
  expect_no_loss(path, target, others);
  const std::string folder = folder_of(target.path);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) fail(path, "cannot write");
  // One that was removed while a process is in it may still be asked for what is allowed there.
  struct stat status{};
  if (::stat(folder.c_str(), &status) == 0 && status.st_nlink == 0) {
    errno = ENOENT;
    fail(path, "cannot write");
  }
  if (is_too_long(target.path)) {
    errno = ENAMETOOLONG;
    fail(path, "cannot write");
  }
}

std::string why_not_put(const std::string& path) {
  if (is_too_long(path)) return std::strerror(ENAMETOOLONG);
  Target target{path};
  target.exists = ::lstat(path.c_str(), &target.status) == 0;
  return why_it_stays(target);
}

/// Opened at once, so that it is known that it can be written.
OutputFile::OutputFile(const std::string& path) : path_(path) { open(); }

void OutputFile::open() {
  file_ = open_file(find_target(path_).path, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY, 0666);
  struct stat status{};
  if (!file_ || ::fstat(file_.number(), &status) != 0) fail(path_, "cannot write");
  ordinary_ = S_ISREG(status.st_mode);
}

void OutputFile::write(std::string_view text) {
  if (!begun_) become("");
  const off_t end = ordinary_ ? ::lseek(file_.number(), 0, SEEK_END) : 0;
  if (end >= 0 && write_all(file_.number(), text.data(), text.size())) return;
  const int reason = errno;
  if (ordinary_ && end >= 0) cut(end);        // a part of it is worse than nothing
  if (!ordinary_ && reason == EINTR) return;  // nobody reads it while the program is asked to end
  errno = reason;
  fail(path_, "cannot write");
}

std::string OutputFile::text() const {
  if (!ordinary_) return "";
  const std::vector<char> bytes = read_file(path_);
  return {bytes.begin(), bytes.end()};
}

/// Its beginning is cut off in one step; all else takes its place as a new file.
void OutputFile::become(const std::string& text) {
  begun_ = true;
  if (!ordinary_) return;
  if (text.empty() || this->text().starts_with(text)) {
    if (!cut(static_cast<off_t>(text.size()))) fail(path_, "cannot write");
  } else {
    write_file(path_, text.data(), text.size());
    open();
  }
}

void OutputFile::sync() {
  if (!ordinary_) return;
  SyncedFolder folder;
  if (!folder.open(behind_links(path_)) || !runtime::sync(file_.number()) || !folder.sync())
    fail(path_, "cannot write");
}

bool OutputFile::cut(off_t bytes) {
  return uninterrupted([&] { return ::ftruncate(file_.number(), bytes); }) == 0;
}

namespace {

struct Written {
  bool done = false;
  bool needs_name = false;  ///< as a file without a name could not be put in place
  bool lost_place = false;  ///< the file that was there has gone, or the new one was taken for one that was left over
};

/// One attempt for an ordinary file. With errno where it is not done.
Written write_new(const Target& target, const char* data, size_t bytes, FileKind kind, const char* old_ending,
                  bool named) {
  const bool lasts = kind != FileKind::Kept;
  SyncedFolder folder;
  if (lasts && !folder.open(target.path)) return {};
  if (lasts) remove_left_over(target.path, target.exists ? target.status.st_uid : ::geteuid());
  NewFile file(target.path, mode_of_new(kind), named);
  if (!file || !write_all(file.number(), data, bytes) || !keep_status(file.number(), target) ||
      (lasts && !sync(file.number())) || !file.close())
    return {};
  if (!put_in_place(file, target, old_ending)) return {false, file.got_no_name(), errno == ENOENT};
  return {!lasts || folder.sync()};
}

}  // namespace

void write_file(const std::string& path, const char* data, size_t bytes, FileKind kind, const char* old_ending) {
  constexpr int most_attempts = 10;
  bool named = false;
  for (int attempt = 1;; ++attempt) {
    const Target target = find_replaceable(path);
    if (!target.ordinary()) return write_through(path, target, data, bytes);
    const SignalsWait until_it_is_in_place;
    const Written written = write_new(target, data, bytes, kind, old_ending, named);
    if (written.done) return;
    const bool again = (written.needs_name && !named) || written.lost_place;
    if (!again || attempt == most_attempts) fail(path, "cannot write");
    named = named || written.needs_name;
  }
}

}  // namespace dnnc::runtime
