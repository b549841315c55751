#pragma once
#include <string>
#include <vector>

#include "compiler/kernels/kernel.h"

namespace dnnc {

/// What must hold of the order of an entry's calls before anything can follow it: each call stands in one place, loops have
/// trips, windows fit the loops around them; one line a fault.
std::vector<std::string> verify_step(const Plan& plan, const Entry& entry);

}  // namespace dnnc
