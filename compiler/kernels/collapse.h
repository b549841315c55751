#pragma once
#include "compiler/ir/graph.h"

namespace dnnc {

/// Two rewrites of a kernel's body. Arrays keep their elements in the same row-major order, so buffers do not change:
/// only the axes under which the kernel sees them. Axes of the result are named a0, a1, ..., those of reductions r0, ...

/// Drops axes of extent 1 where nothing reads beyond them.
Graph drop_single_axes(const Graph& body);
/// Makes one axis of neighbours that all formulas run through together: `%x[n, i, j] + %b[j]` over [n, i, j] needs two.
/// Runs after drop_single_axes, which brings axes together.
Graph join_axes(const Graph& body);

/// Axes of these extents named by their place, none of them a batch: to a kernel a batch is an axis like any other.
std::vector<Axis> numbered_axes(const std::vector<int64_t>& extents, const char* prefix);

}  // namespace dnnc
