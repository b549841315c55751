#pragma once
#include <Halide.h>

namespace dnnc {

/// Lets threads load and store numbers of 32 bits that lie side by side as one, up to so many at once, where the first of them
/// lies at a multiple of their count. Innermost loops do several of their steps in one for that. What is computed, and in what
/// order, is the same. Buffers begin at multiples of so many numbers.
void widen_loads(Halide::Pipeline& pipeline, int64_t most);

}  // namespace dnnc
