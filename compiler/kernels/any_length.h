#pragma once
#include <cstdint>

#include "compiler/kernels/kernel.h"

namespace dnnc {

/// The length that stands in the body of a kernel for arrays of any length: work is estimated by it.
constexpr int64_t nominal_length = 4096;

/// Whether each formula reads all arrays at the place of its result only, and all arrays, an argument among them, have one axis
/// of one length: then the same code serves arrays of every length. Not formulas that use their place as a number, as draws do.
bool serves_any_length(const Graph& body);
/// The body with arrays of another length.
Graph with_length(const Graph& body, int64_t length);

/// The kernel's body as a call sees it: with the length that its arguments show, if it serves any.
Graph body_of(const Plan& plan, const KernelCall& call);

}  // namespace dnnc
