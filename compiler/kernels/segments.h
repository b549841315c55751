#pragma once
#include <vector>

#include "compiler/ir/graph.h"

namespace dnnc {

/// An axis of a sum's result, and the value that tells to which of its places a term belongs.
struct Segment {
  uint32_t axis = 0;
  Expr value;
};

/// The axes along which each term of a sum belongs to one place: `v`, by `word[n, t]`, of
/// `sum[n, t](select(word[n, t] == v, e, 0))`, the gradient of a table. Such a sum is computed by adding its terms in
/// order, each to its place: work for terms and results, not for terms times results. Empty where there are none, or
/// where so few places are to be told apart that all terms for each of them cost less.
std::vector<Segment> segments_of(const Node& node);

}  // namespace dnnc
