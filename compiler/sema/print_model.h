#pragma once
#include <string>

#include "compiler/sema/model.h"

namespace dnnc {

/// What has been made of the program, for --emit=model: runs with their data, layers, parameters and outputs; contracts.
std::string print(const Model& model, const Sources& sources);

}  // namespace dnnc
