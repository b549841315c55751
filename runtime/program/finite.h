#pragma once
#include <cstdint>

namespace dnnc::runtime {

/// Whether all numbers are finite. Looks at bits, so that no floating-point mode matters. As fast as memory is; many
/// numbers are shared among the threads.
bool all_finite(const float* values, int64_t count);

}  // namespace dnnc::runtime
