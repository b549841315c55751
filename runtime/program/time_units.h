#pragma once
#include <string_view>

namespace dnnc::runtime {

/// Units of time, of the language and of options.
struct TimeUnit {
  const char* name;
  double seconds;
};
inline constexpr TimeUnit time_units[] = {{"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"min", 60}, {"h", 3600}};

/// How many seconds one has; 0 where there is no such unit.
constexpr double seconds_of(std::string_view unit) {
  for (const TimeUnit& known : time_units)
    if (unit == known.name) return known.seconds;
  return 0;
}

}  // namespace dnnc::runtime
