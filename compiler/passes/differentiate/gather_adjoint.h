#pragma once
#include <string>
#include <vector>

#include "compiler/passes/differentiate/load_adjoints.h"

namespace dnnc {

/// A node that was made on the way, and for each of its axes the axis of the array that it runs along, if it is one.
struct MadeNode {
  NodeId node;
  std::vector<std::optional<size_t>> along;
};

/// What a load adds to the adjoint of its source: the sum of `terms`, formulas over the axes of the source.
struct GatheredAdjoint {
  std::vector<Product> terms;
  std::vector<MadeNode> made;
  bool masked = false;  ///< it may be 0 because a choice of the text was not taken
};

/// The node that reads.
struct Reader {
  NodeId node;
  std::vector<Axis> indices;  ///< of its body
  Span span;
  std::optional<NodeId> masked_adjoint;  ///< its adjoint, if that may be 0 because a choice was not taken
};

/// Turns `adjoint[f(i)] += term(i)` for all i into a formula that gathers: for each place p of the source the sum over
/// the indices i with f(i) = p. Sums become nodes that hold what depends on the indices summed over and nothing else, so
/// that a sum of products of two loads stays one. Where the reader's adjoint is masked, a 0 in it stays 0, whatever
/// quotients and the like it is multiplied by.
GatheredAdjoint gather_adjoint(Graph& graph, const LoadAdjoint& adjoint, const Reader& reader);

}  // namespace dnnc
