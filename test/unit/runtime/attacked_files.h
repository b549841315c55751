#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

/// The kinds of files that the runtime reads, for attacks on them: by thousands of changes of a good file
/// (changed_files_test.cpp), and by inputs that a fuzzer invents (test/fuzz/).
namespace dnnc::runtime {

class Folder;

struct AttackedFile {
  std::string name;  ///< of the kind: "idx_gz"
  std::string path;  ///< of the file, as messages must name it
  std::string good;
  /// Loads with these bytes in the file's place. Gives all that was loaded as one text of bytes; throws Failure.
  std::function<std::string(const std::string& bytes)> load;
  /// The only thing that load() may give for these bytes, if it does not refuse them, read from them in a way of its own.
  /// std::nullopt, or no function, where the form does not tell.
  std::function<std::optional<std::string>(const std::string& bytes)> expected = nullptr;
  /// It has a checksum, so that `expected` is what the good file holds. A fuzzer may find bytes whose checksum fits.
  bool sealed = false;
  bool hint = false;  ///< is never refused: what cannot be read of it says nothing
};

/// What came of loading: a file is refused with its name, or gives what its bytes say and nothing else.
struct Outcome {
  bool refused = false;
  std::string fault;  ///< what is wrong with it; empty if nothing is
};
Outcome attack(const AttackedFile& file, const std::string& bytes);

/// One of each kind. The folder must outlive them.
std::vector<AttackedFile> attacked_files(const Folder& folder);

}  // namespace dnnc::runtime
