#pragma once
#include "compiler/ir/graph.h"

namespace dnnc {

/// Makes contractions of the sums of three and more factors in which recurrences have a part: all factors but those of one
/// operand are multiplied first, in an array of their own, if it is much smaller than the sum. Sums of other graphs stay as
/// they are, in the order in which they have always been added.
Graph split_products(Graph graph);

}  // namespace dnnc
