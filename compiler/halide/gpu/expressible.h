#pragma once
#include <Halide.h>

namespace dnnc {

/// Of names of numbers that say whether something is used. make_expressible lets it be.
inline constexpr const char* used_ending = ".used";

/// Puts other words for what Halide's sources for devices do not say: constants of float64 become those of float32 there, and
/// return_second is called without being there. The same kernel gets the same words, whatever was compiled before.
void make_expressible(Halide::Pipeline& pipeline);

}  // namespace dnnc
