#pragma once
#include <string>

namespace dnnc::runtime {

/// Floats in a vector of the machine that code was made for: "avx2", "avx512", or "host", this one.
int vector_lanes(const std::string& machine);

/// Does `steps` times twelve fused multiply-adds of vectors of 8 or 16 floats that do not wait for each other, from
/// registers: nothing that multiplies and adds is faster on one core. Returns the floating-point operations done.
double multiply_and_add(int lanes, long steps);

}  // namespace dnnc::runtime
