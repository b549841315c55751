#pragma once
#include <string>

#include "runtime/data/source.h"
#include "runtime/data/source_table.h"
#include "runtime/files/files.h"

namespace dnnc::runtime {

/// A file of the fetched set that `builtin(NAME)` names. Throws Failure that says how to fetch it, or that it is not the
/// file of the table.
struct FetchedFile {
  std::string path;
  FileBytes bytes;
};
FetchedFile fetched_file(const SourceRequest& request, const SetFile& file);

/// The file at `path` of the folder of data, whose contents must be those of the table. That they are is looked at each time
/// that it is read, and costs next to nothing but the first time (SHA-256 does).
FetchedFile known_file(const std::string& path, const SetFile& file, const std::string& set, const std::string& folder);

/// Throws Failure: a file of the set is not what it was when it came.
[[noreturn]] void refuse_damaged(const std::string& path, const std::string& set);

}  // namespace dnnc::runtime
