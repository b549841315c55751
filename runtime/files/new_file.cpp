#include "runtime/files/new_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

namespace dnnc::runtime {
namespace {

constexpr std::string_view passing_ending = ".part";

/// What passing names of a file begin with.
std::string passing_beginning(const std::string& path) {
  constexpr size_t most_name = NAME_MAX - 32;
  return "." + name_of(path).substr(0, most_name) + ".";
}

/// Whether a text is `NUMBER.NUMBER.part`.
bool ends_passing_name(std::string_view text) {
  if (!text.ends_with(passing_ending)) return false;
  text.remove_suffix(passing_ending.size());
  const size_t dot = text.find('.');
  return dot != 0 && dot != text.npos && dot + 1 < text.size() &&
         text.find_first_not_of("0123456789", dot + 1) == text.npos &&
         text.substr(0, dot).find_first_not_of("0123456789") == text.npos;
}

bool lock(const Descriptor& file, int how) { return file && ::flock(file.number(), how | LOCK_NB) == 0; }

/// A writer may have begun it just now and not have locked it: it will find that it is gone, and begin again.
void remove_unlocked(const std::string& path, uid_t owner) {
  struct stat status{}, named{};
  // Some systems let lock alone what is open for writing.
  const Descriptor file = open_file(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  if (!file || ::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  if (status.st_uid != owner && status.st_uid != ::geteuid()) return;
  if (!lock(file, LOCK_EX) || ::lstat(path.c_str(), &named) != 0) return;
  if (named.st_dev == status.st_dev && named.st_ino == status.st_ino) ::unlink(path.c_str());
}

/// False if it was asked before.
bool is_first_time(const std::string& path) {
  static std::mutex mutex;
  static std::vector<std::string> paths;
  const std::scoped_lock lock(mutex);
  if (std::ranges::find(paths, path) != paths.end()) return false;
  paths.push_back(path);
  return true;
}

}  // namespace

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string PassingName::name_beside(const std::string& path) {
  static std::atomic<unsigned> number{0};
  return folder_of(path) + "/" + passing_beginning(path) + std::to_string(::getpid()) + "." + std::to_string(number++) +
         std::string(passing_ending);
}

PassingName::~PassingName() {
  const int reason = errno;
  if (made_) ::unlink(path_.c_str());
  errno = reason;
}

bool PassingName::put(const std::string& path) const { return ::rename(path_.c_str(), path.c_str()) == 0; }

NewFile::NewFile(std::string path, mode_t mode, bool named) : path_(std::move(path)) {
  if (!named) open_unnamed(mode);
  if (file_) return;
  remove_left_over(path_, ::geteuid());
  name_.emplace(path_, [&](const char* name) {
    file_ = open_file(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
    return file_.number();
  });
  if (!file_) return;
  lock_ = open_file(name_->path(), O_RDONLY | O_NOFOLLOW);
  lock(lock_, LOCK_SH);
}

/// What fails here fails again, and is told, where the file has a name.
void NewFile::open_unnamed(mode_t mode) {
  Descriptor file = open_file(folder_of(path_), O_WRONLY | O_TMPFILE, mode);
  if (!file) return;
  lock_ = open_file("/proc/self/fd/" + std::to_string(file.number()), O_RDONLY);
  if (!lock_) return;
  lock(lock_, LOCK_SH);
  file_ = std::move(file);
}

bool NewFile::link_to(const char* path) const {
  const std::string link = "/proc/self/fd/" + std::to_string(lock_.number());
  return ::linkat(AT_FDCWD, link.c_str(), AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
}

bool NewFile::put() {
  if (!name_) {
    if (link_to(path_.c_str())) return true;
    name_.emplace(path_, [&](const char* name) { return link_to(name) ? 0 : -1; });
  }
  got_no_name_ = !name_->made();
  return name_->made() && name_->put(path_);
}

void remove_left_over(const std::string& path, uid_t owner) {
  if (!is_first_time(path)) return;
  const std::string folder = folder_of(path), beginning = passing_beginning(path);
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), &::closedir);
  while (const dirent* entry = open ? ::readdir(open.get()) : nullptr) {
    const std::string_view name = entry->d_name;
    if (name.starts_with(beginning) && ends_passing_name(name.substr(beginning.size())))
      remove_unlocked(folder + "/" + std::string(name), owner);
  }
}

}  // namespace dnnc::runtime
