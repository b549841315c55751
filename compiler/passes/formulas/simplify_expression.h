#pragma once
#include "compiler/ir/graph.h"

namespace dnnc {

/// The body of `node` in simpler form: constants folded, what does nothing dropped, subscripts in normal form, `else`
/// dropped where the subscript is proven to lie inside, loads of constant arrays replaced by their value, loads of
/// copies by loads of what is copied. `differentiated`: no gradient will be asked for, so that stopped gradients and
/// stated derivatives have done their work.
Expr simplified(const Graph& graph, const Node& node, const Expr& body, bool differentiated);

}  // namespace dnnc
