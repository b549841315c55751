#pragma once
#include <string>
#include <string_view>

#include "runtime/program/manifest.h"

namespace dnnc::runtime {

/// The manifest as JSON. Texts that are no UTF-8 come back with U+FFFD in place of what is wrong; all else comes back as it
/// was.
std::string to_json(const Manifest& manifest);
/// Reads what to_json() wrote; a member that is not there has its default. A fault in it is a fault of the compiler
/// (std::logic_error).
Manifest manifest_from_json(std::string_view text);

/// Parts of it alone: the object "data", the list "contracts".
DataDescription data_from_json(std::string_view text);
std::vector<Contract> contracts_from_json(std::string_view text);

}  // namespace dnnc::runtime
