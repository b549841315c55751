#pragma once
#include "compiler/ir/graph.h"

namespace dnnc {

/// Multiplies by 1 / s where a kernel divides the elements of an array by one number s, so that it divides once: the bias
/// corrections of an optimizer. For float32 the results differ by one rounding.
Graph divide_once(Graph body);

}  // namespace dnnc
