#pragma once
#include "compiler/ir/graph.h"

namespace dnnc {

/// Arrays that one formula may read: Halide's compile time grows with their square.
constexpr size_t most_arrays_of_formula = 32;

/// Cuts formulas without a reduction that read more arrays into several, along their parts: the gradient of a parameter that
/// is used in a hundred places is a sum of as many arrays. Nothing is computed in another order.
Graph cut_wide_formulas(Graph graph);

}  // namespace dnnc
