#include "runtime/files/own_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace dnnc::runtime {
namespace {

constexpr const char *caches_variable = "XDG_CACHE_HOME", *home_variable = "HOME";

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool is_absolute(const std::string& path) { return path.starts_with('/'); }

/// The folder above; empty above the root.
std::string parent_of(const std::string& path) {
  const size_t end = path.find_last_not_of('/');
  if (end == std::string::npos) return "";
  const size_t slash = path.rfind('/', end);
  return slash == std::string::npos || slash == 0 ? "/" : path.substr(0, slash);
}

/// Why a folder, called without links, may hold what is not this user's. `last` is the one that things are kept in; those
/// above it may be the system's, and others may write into them where they cannot touch what is not theirs, as in /tmp.
std::string distrust(const std::string& folder, bool last) {
  struct stat status{};
  if (::lstat(folder.c_str(), &status) != 0) return folder + ": " + std::strerror(errno);
  if (!S_ISDIR(status.st_mode)) return folder + " is no folder";
  const bool own = status.st_uid == ::geteuid(), of_system = status.st_uid == 0 && !last;
  if (!own && !of_system) return folder + " belongs to another user";
  const bool shared = status.st_mode & (S_IWGRP | S_IWOTH), guarded = (status.st_mode & S_ISVTX) && !last;
  if (shared && !guarded) return "others may write to " + folder;
  return "";
}

/// That of the folder and all above it.
std::string distrust_of_all(const std::string& folder, bool last) {
  for (std::string above = folder; !above.empty(); above = parent_of(above), last = false)
    if (std::string why = distrust(above, last); !why.empty()) return why;
  return "";
}

/// The path without links; empty with errno if there is none.
std::string without_links(const std::string& folder) {
  char real[PATH_MAX];
  return ::realpath(folder.c_str(), real) ? real : "";
}

/// That of the lowest folder on a path that is there.
std::string distrust_of_nearest(const std::string& folder) {
  for (std::string above = folder; !above.empty(); above = parent_of(above))
    if (const std::string real = without_links(above); !real.empty()) return distrust_of_all(real, false);
  return "";
}

/// The parts of a path that are not there are made where those above them are to be trusted: a new one is.
std::string make_missing(const std::string& folder) {
  std::vector<std::string> missing;
  for (std::string above = folder; without_links(above).empty(); above = parent_of(above)) {
    if (errno != ENOENT) return above + ": " + std::strerror(errno);
    missing.push_back(above);
  }
  if (missing.empty()) return "";
  if (std::string why = distrust_of_nearest(missing.back()); !why.empty()) return why;
  for (auto next = missing.rbegin(); next != missing.rend(); ++next)
    if (::mkdir(next->c_str(), 0700) != 0 && errno != EEXIST) return *next + ": " + std::strerror(errno);
  return "";
}

/// Room for the names of what is kept in a folder.
constexpr size_t longest_folder = PATH_MAX - NAME_MAX - 2;

OwnFolder folder_by(const char* variable, const std::string& path, bool given = false) {
  if (path.size() <= longest_folder) return {path, "", given};
  return {"",
          std::string(variable) + " gives a path of " + std::to_string(path.size()) +
              " bytes, and files can lie in one of " + std::to_string(longest_folder) + " at most",
          given};
}

}  // namespace

OwnFolder own_folder(const char* own, const std::string& name) { return cache_folder(own, "dnnc/" + name); }

OwnFolder cache_folder(const char* own, const std::string& below) {
  if (const std::string path = environment(own); !path.empty()) {
    if (is_absolute(path)) return folder_by(own, path, true);
    return {"", std::string(own) + " is `" + path + "`, which does not begin with /", true};
  }
  if (const std::string caches = environment(caches_variable); is_absolute(caches))
    return folder_by(caches_variable, caches + "/" + below);
  const std::string home = environment(home_variable);
  if (is_absolute(home) && home.find_first_not_of('/') != std::string::npos)
    return folder_by(home_variable, home + "/.cache/" + below);
  return {"", "of " + std::string(own) + ", " + caches_variable + " and " + home_variable + " none names a folder"};
}

Trust trust(const std::string& folder) {
  const std::string real = without_links(folder);
  if (real.empty() && errno == ENOENT) return {std::nullopt, distrust_of_nearest(folder)};
  if (real.empty()) return {std::nullopt, folder + ": " + std::strerror(errno)};
  if (std::string why = distrust_of_all(real, true); !why.empty()) return {std::nullopt, why};
  return {real, ""};
}

Trust make_own(const std::string& folder) {
  if (std::string why = make_missing(folder); !why.empty()) return {std::nullopt, why};
  return trust(folder);
}

}  // namespace dnnc::runtime
