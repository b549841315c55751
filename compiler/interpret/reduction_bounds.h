#pragma once
#include <vector>

#include "compiler/interpret/precision.h"
#include "compiler/ir/graph.h"

namespace dnnc {

/// A term of a reduction, or its result: a value, and how far it may be off.
struct Bounded {
  double value = 0;
  double error = 0;
};

/// How far a reduction of the terms, in any order, may be from their exact result. `terms` is not empty.
double reduction_bound(Reduction reduction, const std::vector<Bounded>& terms, const Precision& precision);

/// How far a draw computed with `precision` may be from `value`.
double draw_bound(const Draw& draw, double value, const Precision& precision);

}  // namespace dnnc
