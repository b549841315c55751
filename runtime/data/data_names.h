#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dnnc::runtime {

/// What the labels and columns of the data are called. It is saved with the weights: answers are shown and new examples
/// are read by it.
struct DataNames {
  std::vector<std::string> classes;   ///< of the target; empty if the source has no names for them
  std::vector<std::string> features;  ///< the columns of a table that are the field `features`, in order
  std::map<std::string, std::vector<std::string>> words;  ///< the classes of every other field that holds words

  bool operator==(const DataNames&) const = default;
};

/// The name as it is kept: names are lines, so a line end in one is written `\n`.
std::string on_one_line(std::string_view name);

/// As entries of a model file's metadata.
std::map<std::string, std::string> metadata_of(const DataNames& names);
DataNames names_of(const std::map<std::string, std::string>& metadata);

}  // namespace dnnc::runtime
