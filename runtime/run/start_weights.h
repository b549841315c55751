#pragma once
#include <string>
#include <vector>

#include "runtime/program/machine.h"

namespace dnnc::runtime {

/// The files of weights that a training starts from. Relative paths are those of data: they start at the same folder.
std::vector<std::string> start_files(const Manifest& manifest, const std::string& folder);

/// Loads what the rules of `start` name, one after the other. Gives lines about what was loaded and what stays as it was.
/// Throws Failure for a file that cannot be used or of which nothing would be loaded.
std::string load_start(Machine& machine, const std::string& folder);

}  // namespace dnnc::runtime
