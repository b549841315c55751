#pragma once
#include <string>

#include "runtime/files/safetensors.h"
#include "runtime/program/machine.h"

namespace dnnc::runtime {

/// Writes parameters, states, averages and fitted values in safetensors form. What travels with them: the program's hash, the
/// run, class names of the target. Throws Failure.
void save_model(const Machine& machine, const Metadata& metadata, const std::string& path);

/// Whether save_model() would write what load_model() reads, asked before training: there is a limit to the names of tensors,
/// classes and words. Throws Failure as that would.
void expect_saveable(const Manifest& manifest, const Metadata& metadata, const std::string& path);

/// Reads a model file into the machine and gives its metadata. Every tensor of the program must be there with its
/// shape, and no other; with `partial` what matches is loaded and the rest left. Throws Failure with the first line
/// that differs; nothing is changed then.
Metadata load_model(Machine& machine, const std::string& path, bool partial = false);

}  // namespace dnnc::runtime
