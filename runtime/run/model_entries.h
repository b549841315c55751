#pragma once
#include <string>
#include <vector>

#include "runtime/program/manifest.h"
#include "runtime/run/weights_file.h"

namespace dnnc::runtime {

/// A tensor that a file of weights holds, and its place in the arena.
struct ModelEntry {
  std::string name, place;
  std::vector<int64_t> shape;
  int64_t offset;
  const FittedField* fitted = nullptr;  ///< whose statistic it is
  std::string parameter = {};           ///< whose average it is
  std::string mean = {};                ///< whose rest it is: a file that has it alone means a mean that is a float32
  int64_t count() const { return element_count(shape); }
  /// What is said behind it in messages: " (f.dnn:3:4)".
  std::string at() const { return place.empty() ? "" : " (" + place + ")"; }
};

/// Parameters, states, averages and statistics, in the order in which the program declares them: that of the file.
std::vector<ModelEntry> model_entries(const Manifest& manifest);

/// Whether the file leaves the tensor out as all of it is 0.
bool is_zero(const WeightsFile& file, const ModelEntry& entry);

/// How much the file has of the statistics of a field.
enum class Statistics { None, Some, All };
Statistics statistics_in(const WeightsFile& file, const FittedField& field);

}  // namespace dnnc::runtime
