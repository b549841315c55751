#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace dnnc {

/// One number of a step, as two devices make it.
struct ComparedNumber {
  int64_t step = 0, element = -1;
  double difference = 0;
  double bound = 0;  ///< of that element in that step; infinite: nothing is known
  double share() const;
  bool same_place(const ComparedNumber& other) const { return step == other.step && element == other.element; }
};

/// A tensor that steps make, as a device makes it beside the first one.
struct ComparedTensor {
  std::string name;  ///< of an output of the step
  std::string what;  ///< it is, as the program calls it
  std::string place, device;
  std::vector<int64_t> shape = {};
  ComparedNumber largest = {};  ///< of all elements and steps the one with the largest difference
  ComparedNumber nearest = {};  ///< that which comes nearest to its bound, or is beyond it
  double widest = 0;            ///< bound of all
  void take(const ComparedNumber& number);
  bool compared() const { return largest.element >= 0; }
  bool beyond() const { return nearest.share() > 1; }
};

/// A table that says what its columns are. `devices` are as --device has them, and what they are.
std::string compared_text(const std::vector<ComparedTensor>& rows, const std::vector<std::string>& devices,
                          int64_t steps);
nlohmann::ordered_json compared_json(const ComparedTensor& row);

}  // namespace dnnc
