#pragma once
#include <string>

namespace dnnc {

/// The weights of a record: those of its best epoch, else of its last. Throws Failure where the folder is none.
std::string record_weights(const std::string& folder);

}  // namespace dnnc
