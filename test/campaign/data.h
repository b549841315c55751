#pragma once
#include <string>

#include "test/campaign/network.h"

namespace dnnc::campaign {

/// The functions and the block `data d` of some rows that give the net its inputs and its targets: `target` for the
/// first result, `extra` for the second. The numbers are no choices: they follow from their places.
std::string data_text(const Network& network, int64_t examples);

}  // namespace dnnc::campaign
