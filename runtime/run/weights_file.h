#pragma once
#include <map>
#include <string>
#include <vector>

#include "runtime/files/safetensors.h"

namespace dnnc::runtime {

/// What the metadata of our own files of weights are called.
namespace weights_keys {
inline constexpr const char *kind = "kind", *net = "net", *net_key = "net_key", *formulas = "formulas";
}
/// The kind of a file that is the state of a training.
inline constexpr const char* checkpoint_kind = "checkpoint";

/// The weights in a file, whoever wrote it: of a checkpoint those that the training would save if it ended there, which are
/// those of the best epoch where some are kept, and nothing of optimizers.
class WeightsFile {
 public:
  /// Throws Failure as SafetensorsFile does.
  explicit WeightsFile(const std::string& path);

  const std::string& path() const { return path_; }
  const Metadata& metadata() const { return file_.metadata(); }
  /// The name of each tensor, and that under which the file has it.
  const std::map<std::string, std::string>& names() const { return names_; }
  bool has(const std::string& name) const { return names_.contains(name); }
  std::vector<int64_t> shape(const std::string& name) const { return file_.shape(names_.at(name)); }
  /// As SafetensorsFile::floats() says.
  std::vector<float> floats(const std::string& name, const std::vector<int64_t>& shape, const std::string& at) const {
    return file_.floats(names_.at(name), shape, at);
  }

 private:
  std::string path_;
  SafetensorsFile file_;
  std::map<std::string, std::string> names_;
};

}  // namespace dnnc::runtime
