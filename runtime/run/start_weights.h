#pragma once
#include <string>
#include <vector>

#include "runtime/program/machine.h"

namespace dnnc::runtime {

/// Lines about what was loaded and what starts anew, and about formulas that are others than those of the weights.
struct LoadedStart {
  std::string notes, warnings;
};
/// Loads what the rules of `start` name, one after the other. Throws Failure for a file that cannot be used or of which nothing
/// would be loaded.
LoadedStart load_start(Machine& machine, const std::string& folder);

/// How one_run.cpp finds load_start(), in a trainer only where the program has a `start`.
struct StartLoader {
  LoadedStart (*load)(Machine& machine, const std::string& folder);
};
inline constexpr const char* start_symbol = "dnnc_start";

}  // namespace dnnc::runtime

extern "C" const dnnc::runtime::StartLoader dnnc_start;
