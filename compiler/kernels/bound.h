#pragma once
#include <optional>
#include <vector>

#include "compiler/kernels/kernel.h"

namespace dnnc {

/// Bounds of how large numbers are, as formulas of the largest magnitudes in buffers: see docs/guards.md.

/// What every function is held to that is finite for all finite arguments (FunctionInfo::finite) and no product: it is no
/// larger than so many times the sum of its arguments' magnitudes, each taken for 1 at least.
inline constexpr double most_of_arguments = 2;

/// Of what a buffer holds, if nothing else is known of it.
Bound bound_by(BufferId buffer);
/// Of numbers that are known: at least 1, as every bound.
Bound bound_by(double number);

/// What no node of a kernel's body exceeds, nor any number that a computation of it may have on the way, in whatever order
/// it adds and multiplies: for each node, std::nullopt where nothing can be said. `inputs` are the bounds of the body's
/// inputs, in order. All is true of inputs that are finite; then a node with a bound that is a float32 is finite too.
std::vector<std::optional<Bound>> bounds_of(const Graph& body, const std::vector<Bound>& inputs);

}  // namespace dnnc
