#pragma once
#include <Halide.h>

namespace dnnc {

/// Puts other words for what Halide's sources for devices do not say: constants of float64 become those of float32 there, and
/// return_second is called without being there. The same kernel gets the same words, whatever was compiled before.
void make_expressible(Halide::Pipeline& pipeline);

}  // namespace dnnc
