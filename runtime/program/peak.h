#pragma once

namespace dnnc::runtime {

/// Does `steps` times twelve fused multiply-adds of vectors of 8 or 16 floats that do not wait for each other, from
/// registers: nothing that multiplies and adds is faster on one core. Returns the floating-point operations done.
double multiply_and_add(int lanes, long steps);

}  // namespace dnnc::runtime
