#pragma once
#include <cstdint>
#include <vector>

#include "compiler/interpret/interpret.h"

namespace dnnc {

/// The elements of a gradient, at most so many, in the order in which they are looked at: the first, the last, then by turns
/// one where the gradient is not 0 and one of all, as `seed` and `stream` draw them. None comes twice.
std::vector<int64_t> element_order(const Values& gradient, int64_t most, uint64_t seed, uint64_t stream);

}  // namespace dnnc
