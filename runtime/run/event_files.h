#pragma once
#include <array>
#include <optional>
#include <string>

#include "runtime/files/files.h"
#include "runtime/run/means.h"

namespace dnnc::runtime {

/// What --tensorboard writes of a run: files of events, one for each part of the data, that TensorBoard draws curves of
/// (compiler/docs/records.md). Code of our own, as what writes protocol buffers elsewhere is larger than a trainer may be.
class EventFiles {
 public:
  /// In that folder, which is made. Throws Failure.
  explicit EventFiles(std::string folder);
  /// The training goes on after so many steps: what others have written of later ones does not count.
  void resume(int64_t steps) { resumed_ = steps; }
  /// Loss and metrics of a part after so many steps; `before` stands before their names.
  void add(DataPart part, int64_t steps, const Numbers& numbers, const char* before = "");

 private:
  std::optional<OutputFile>& file_of(DataPart part);

  std::string folder_;
  int64_t resumed_ = -1;
  std::array<std::optional<OutputFile>, words<DataPart>.size()> files_;
};

}  // namespace dnnc::runtime
