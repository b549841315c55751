#pragma once
#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/files/descriptor.h"

namespace dnnc::runtime {

/// The whole of an ordinary file of at most `most_bytes`. Of devices, pipes and folders nothing is read: they may have no end,
/// or never begin. A copy, not the file itself: it stays as it is when the file is cut or changed. Throws Failure with the path
/// and the reason. That the file was read is remembered, for expect_writable().
std::vector<char> read_file(const std::string& path, size_t most_bytes = SIZE_MAX);

/// Bytes that several look at.
using FileBytes = std::shared_ptr<const std::vector<char>>;
FileBytes share_file(const std::string& path);

/// What comes from the standard input, likewise.
FileBytes share_input();

/// That a file is read otherwise than by these functions: expect_writable() knows it then.
void note_read(const std::string& path, const struct stat& status);

/// While it lives the paths of files that are read go there. Null: nowhere.
class CollectRead {
 public:
  explicit CollectRead(std::set<std::string>* paths);
  ~CollectRead();
  CollectRead(const CollectRead&) = delete;
  CollectRead& operator=(const CollectRead&) = delete;
};

/// Whether there is such a file or folder, as far as the user may see. Throws Failure where the system cannot tell: what was not
/// found would be made anew.
bool file_exists(const std::string& path);
bool is_folder(const std::string& path);
/// Where a path leads that starts at the folder, unless it is absolute; an empty folder is that in which the program runs.
std::string path_from(const std::string& folder, const std::string& path);

enum class FileKind {
  Data,
  Program,  ///< whoever may read it may run it
  Kept      ///< of a cache: for this user alone, and need not outlive a power cut
};

/// The only way in which files are written. An ordinary file is written under another name in its folder, synced and put
/// in place: there is the old file or the new one, never a part, whoever else writes there and whenever the power fails.
/// A link stays a link, the file that it names is written; a file that is there keeps its mode. What is no ordinary
/// file, like a device or a pipe, is written into. Throws Failure with the path and the system's reason, and then the
/// old file is as it was; Interrupted if a signal ends waiting for who reads a pipe. With `old_ending` the file that was there
/// stays under its name with this ending.
void write_file(const std::string& path, const char* data, size_t bytes, FileKind kind = FileKind::Data,
                const char* old_ending = nullptr);

/// The file that a path means, behind all links; it need not exist.
std::string behind_links(const std::string& path);

/// Whether `write_file` may write there, asked before long work is done for it; changes nothing. Throws Failure as that
/// would, and where the file is one that has been read, the running program or a library of it, or one of `others`: it would
/// be lost.
void expect_writable(const std::string& path, const std::vector<std::string>& others = {});

/// Why a file that is there cannot be given this name, or take it from another, as far as that is known; empty if it can.
std::string why_not_put(const std::string& path);

/// A file that is written bit by bit, so that it can be watched: opened like that of `write_file`, and emptied by the first
/// write. Of a text that cannot be written whole an ordinary file keeps nothing. Throws Failure.
class OutputFile {
 public:
  explicit OutputFile(const std::string& path);
  void write(std::string_view text);
  /// What stands in an ordinary file; else nothing.
  std::string text() const;
  /// An ordinary file holds this from now on, and what is written comes after it. However the program ends, it holds this or
  /// what it held before.
  void become(const std::string& text);
  /// What was written outlives a power cut.
  void sync();

 private:
  void open();
  bool cut(off_t bytes);
  std::string path_;
  Descriptor file_{-1};
  bool ordinary_ = false;
  bool begun_ = false;
};

/// Reads to the end, behind what `data` holds. False with errno if that cannot be done: EFBIG if `data` would then hold
/// more than `most_bytes`.
bool read_all(int descriptor, std::vector<char>& data, size_t most_bytes = SIZE_MAX);

/// Writes all bytes, also where the descriptor does not wait (EAGAIN). False with errno if they cannot be written; with EINTR
/// if nobody takes them and a signal asks to end.
bool write_all(int descriptor, const char* data, size_t bytes);

}  // namespace dnnc::runtime
