#pragma once
#include <string>

#include "runtime/data/source.h"

namespace dnnc::runtime {

/// The path of a file of the fetched set that `builtin(NAME)` names. Throws Failure that says how to fetch it.
std::string fetched_file(const SourceRequest& request, const std::string& file);

}  // namespace dnnc::runtime
