#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/data/cells.h"
#include "runtime/data/source.h"
#include "runtime/files/npy.h"
#include "runtime/files/zip.h"

namespace dnnc::runtime {

/// Arrays with names: those of an archive .npz, or files .npy.
struct ArrayFiles {
  std::string path;  ///< for messages
  std::optional<ZipArchive> archive = std::nullopt;
  std::vector<std::pair<std::string, FileBytes>> files =
      {};  ///< each with the name of its array; an empty one has any name
};

/// What is to be made of arrays.
struct ArrayRequest {
  const std::vector<RawField>& fields;
  const DataValue& source;              ///< says what stands for nothing
  std::string target;                   ///< the field whose words are classes of the answer
  const DataNames* training = nullptr;  ///< for new examples: what words the training data had
};

/// Fields from the arrays of their names, the examples along the first axis. The examples of a second part come last and are
/// the test part. Throws Failure with file, array and element.
LoadedSource load_arrays(const ArrayRequest& request, const std::vector<ArrayFiles>& parts);

/// Refuses a file of another kind and says what reads it: one array where an archive of arrays is wanted, an archive where one
/// array is, a table where either is.
void expect_arrays(const std::string& path, const std::vector<char>& bytes, bool archive);

}  // namespace dnnc::runtime
