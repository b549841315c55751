#include "runtime/run/weights_file.h"

#include "runtime/program/tensor_names.h"

namespace dnnc::runtime {

/// A net may be called as the best epoch is: what counts as its copy has an original.
WeightsFile::WeightsFile(const std::string& path) : path_(path), file_(path) {
  const auto kind = metadata().find(weights_keys::kind);
  const bool checkpoint = kind != metadata().end() && kind->second == checkpoint_kind;
  for (const std::string& name : file_.names())
    if (!checkpoint || !is_optimizer_state(name)) names_[name] = name;
  if (!checkpoint) return;
  for (const std::string& name : file_.names())
    if (names_.contains(name) && file_.has(best_name(name))) {
      names_[name] = best_name(name);
      names_.erase(best_name(name));
    }
}

}  // namespace dnnc::runtime
