#pragma once
#include <optional>
#include <string>
#include <vector>

namespace dnnc {

/// A unit that may follow a number: `16 MiB`, `5 s`. Sizes are counted in bytes, times in seconds.
struct Unit {
  const char* name;
  double factor;
  bool of_time = false;
};
const std::vector<Unit>& units();

/// The unit called so, or null.
const Unit* find_unit(const std::string& name);
/// What a number with that unit is multiplied by.
std::optional<double> unit_factor(const std::string& name);

}  // namespace dnnc
