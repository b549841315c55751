#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/data/data_names.h"
#include "runtime/files/safetensors.h"
#include "runtime/program/manifest.h"

/// Whether weights mean in a program what they meant where they were trained: what their shapes do not tell.
namespace dnnc::runtime {

/// What travels with the weights of a program that were trained on data with these names.
Metadata weights_metadata(const Manifest& manifest, const DataNames& names);

/// Throws Failure that names the fields of which the net is given others than where the weights were trained.
void expect_same_fields(const Manifest& manifest, const Metadata& metadata, const std::string& path);

/// Lines about the formulas of the net that are others than those with which the weights were trained, each with its place;
/// empty if it computes the same. Weights of other programs have none.
std::string other_formulas(const Manifest& manifest, const Metadata& metadata);

/// The lines of the program and of what it imports but comments, as a checkpoint keeps them; empty if they are too long for that.
std::string program_text(const Manifest& manifest);
/// Lines about what of the program stood otherwise in a text of program_text(); empty if the text is.
std::string other_lines(const Manifest& manifest, const std::string& text);

/// The name in the file of a tensor or formula of the program, by the first of the rule's patterns that matches; std::nullopt
/// where none does.
std::optional<std::string> name_by(const StartRule& rule, std::string_view name);

/// A tensor of the program that starts from one of a file, and its name there.
using StartedTensor = std::pair<std::string, std::string>;
/// The same of those formulas alone in whose layers the tensors stand, with the names that these have in the file. What a layer
/// is given may come from anywhere.
std::string other_formulas_of(const Manifest& manifest, const Metadata& metadata,
                              const std::vector<StartedTensor>& tensors);

/// How the names of the data differ from those on which the weights were trained: a line for what is in one place another
/// column, word or class; empty if nothing is. Those of the data count as a file of weights would have them. Classes are told
/// apart from what the net is given.
struct NameDifferences {
  std::string inputs, classes;
};
NameDifferences other_names(const DataNames& loaded, const DataNames& weights);

}  // namespace dnnc::runtime
