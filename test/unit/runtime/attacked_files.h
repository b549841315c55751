#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// The kinds of files that the runtime reads, for attacks on them: by thousands of changes of a good file
/// (changed_files_test.cpp), and by inputs that a fuzzer invents (test/attack/).
namespace dnnc::runtime {

class Folder;

struct AttackedFile {
  std::string name;  ///< of the kind: "idx_gz"
  std::string path;  ///< of the file, as messages must name it
  std::string good;
  /// Loads with these bytes in the file's place. Gives all that was loaded as one text of bytes; throws Failure.
  std::function<std::string(const std::string& bytes)> load;
  /// The only thing that load() may give for these bytes, if it does not refuse them, read from them in a way of its own:
  /// for a form with a checksum what the good file holds. Null where the form does not tell.
  std::function<std::optional<std::string>(const std::string& bytes)> expected;
};

/// One of each kind. The folder must outlive them.
std::vector<AttackedFile> attacked_files(const Folder& folder);

}  // namespace dnnc::runtime
