#pragma once
#include <string>

#include "runtime/files/safetensors.h"
#include "runtime/program/machine.h"

namespace dnnc::runtime {

/// The file of parameters, states, averages and fitted values. Throws Failure, in which it is called `path`.
std::vector<char> model_bytes(const Machine& machine, const Metadata& metadata, const std::string& path);

/// Writes parameters, states, averages and fitted values in safetensors form. What travels with them: the program's hash, the
/// run, class names of the target. Throws Failure.
void save_model(const Machine& machine, const Metadata& metadata, const std::string& path);

/// Whether save_model() would write what load_model() reads, asked before training: there is a limit to the names of tensors,
/// classes and words. Throws Failure as that would.
void expect_saveable(const Manifest& manifest, const Metadata& metadata, const std::string& path);

/// What may be missing in a file that is loaded.
enum class Missing {
  Nothing,
  Fitted  ///< statistics that have been fitted here
};
/// Reads a file of weights into the machine and gives its metadata. Every parameter and state of the program must be there
/// with its shape, and nothing else; running averages that are missing start from their parameters. Throws Failure with the
/// first line that differs; nothing is changed then.
Metadata load_model(Machine& machine, const std::string& path, Missing missing = Missing::Nothing);

}  // namespace dnnc::runtime
