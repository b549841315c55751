#pragma once
#include <map>
#include <string>
#include <vector>

#include "runtime/program/machine.h"

namespace dnnc::runtime {

/// What travels with the weights: the program's hash, class names of the target, the run.
using Metadata = std::map<std::string, std::string>;

/// Writes parameters, states, averages and fitted values in safetensors form: first to a file beside it, synced, then
/// renamed, so that a file of that name is always whole. Throws Failure.
void save_model(const Machine& machine, const Metadata& metadata, const std::string& path);

/// Reads a model file into the machine and gives its metadata. Every tensor of the program must be there with its
/// shape, and no other; with `partial` what matches is loaded and the rest left. Throws Failure with the first line
/// that differs; nothing is changed then. A file that save_model() wrote has a checksum in its metadata, `dnnc_checksum`,
/// and is refused if that differs.
Metadata load_model(Machine& machine, const std::string& path, bool partial = false);

}  // namespace dnnc::runtime
