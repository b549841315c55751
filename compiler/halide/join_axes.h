#pragma once
#include "compiler/ir/graph.h"

namespace dnnc {

/// The same kernel over fewer, longer axes; the arrays in memory are the same. An axis of one place is dropped, and two
/// axes that follow each other become one where every formula runs through both alike: an element-wise formula of an
/// image batch runs along one axis, a dense layer of sequences is a product of two matrices. The schedulers see the
/// longest loops there are. Axes of the result are no batch.
Graph join_axes(Graph body);

}  // namespace dnnc
