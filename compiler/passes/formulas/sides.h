#pragma once
#include <map>

#include "compiler/ir/graph.h"

namespace dnnc {

/// Arrays that hold several formulas side by side, each at a place of one axis, as the adjoint of what was merged does:
/// select(q == 0, a, 0) + select(q == 1, b, 0).
class Sides {
 public:
  /// Looks at a node, if it is such an array.
  void add(const Graph& graph, NodeId node);
  /// What the formula of a node computes for each point, read from such an array; null where none has it.
  Expr read(const Graph& graph, NodeId node) const;

 private:
  struct Side {
    NodeId array;
    uint32_t axis = 0;
    int64_t place = 0;
    Expr value;
  };
  std::multimap<Function, Side> sides_;  ///< by the outermost function of their formulas
};

}  // namespace dnnc
