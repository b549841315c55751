#pragma once
#include <sys/stat.h>

#include <compare>
#include <string>

namespace dnnc::runtime {

/// Which file it is, whatever it is called: two names of one file are equal.
struct FileIdentity {
  dev_t device = 0;
  ino_t number = 0;
  std::string name = {};  ///< of a file that is not there: in the folder that device and number tell
  auto operator<=>(const FileIdentity&) const = default;
};

inline FileIdentity identity_of(const struct stat& status) { return {status.st_dev, status.st_ino}; }

/// Of the file of this name, that is there or would be; the name alone where there is no such folder.
FileIdentity identity_of(const std::string& path);

/// Whether the file, as it is now, has been read, as read_file() and note_read() know. When it was changed last tells it from
/// another that took its number.
bool was_read(const struct stat& status);

}  // namespace dnnc::runtime
