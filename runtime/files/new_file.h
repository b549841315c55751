#pragma once
#include <sys/stat.h>

#include <optional>
#include <string>

#include "runtime/files/descriptor.h"

namespace dnnc::runtime {

/// The folder in which a file is, and its name there.
std::string folder_of(const std::string& path);
std::string name_of(const std::string& path);

/// A name beside a file that goes away again, unless what it names is put where it belongs: `.NAME.PROCESS.NUMBER.part`, so that
/// of several that write at once none takes another's.
class PassingName {
 public:
  /// Tries names until one is free: `make` gives less than 0 with errno where it makes no file.
  template <class Make>
  PassingName(const std::string& beside, Make make) {
    do path_ = name_beside(beside);
    while (!(made_ = make(path_.c_str()) >= 0) && errno == EEXIST);
  }
  /// It is there still where it was not put elsewhere, or if both were names of one file.
  ~PassingName();
  PassingName(const PassingName&) = delete;
  PassingName& operator=(const PassingName&) = delete;

  bool made() const { return made_; }  ///< else errno says why not
  const std::string& path() const { return path_; }
  /// False with errno: ENOENT if somebody took the name for one that was left over.
  bool put(const std::string& path) const;

 private:
  static std::string name_beside(const std::string& path);

  std::string path_;
  bool made_ = false;
};

/// A file that is written before it stands where it belongs. Without a name until it is whole, where the system has such files:
/// however the program ends, nothing lies about. Else with a passing name.
class NewFile {
 public:
  /// Would stand at `path`. Where it has a name, what is left over there is removed.
  NewFile(std::string path, mode_t mode, bool named);

  explicit operator bool() const { return bool(file_); }  ///< else errno says why not
  int number() const { return file_.number(); }
  /// Nothing is written from now on. False with errno if some of it is lost.
  bool close() { return file_.close(); }
  /// Makes it stand there, in the place of what does. False with errno.
  bool put();
  /// Whether it could not be put as it had no name and got none: another that is named may be.
  bool got_no_name() const { return got_no_name_; }

 private:
  void open_unnamed(mode_t mode);
  bool link_to(const char* path) const;

  std::string path_;
  Descriptor file_{-1};
  /// Keeps the file locked until it is put: it is none that was left over. The lock ends with the process and is seen by all
  /// that see the file, also from other containers; a number of a process would tell them nothing. It is not open for
  /// writing, so that a program can be started as soon as it is there.
  Descriptor lock_{-1};
  std::optional<PassingName> name_;
  bool got_no_name_ = false;
};

/// Removes files with passing names beside this one that nobody writes any more: their writer was killed. Of `owner` or
/// this user alone. Once in a process for each path.
void remove_left_over(const std::string& path, uid_t owner);

}  // namespace dnnc::runtime
