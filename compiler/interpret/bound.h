#pragma once
#include "compiler/interpret/interpret.h"
#include "compiler/interpret/precision.h"

namespace dnnc {

/// Exact values, as near as float64 gives them, and for each a bound on how far a computation may be from it.
struct BoundedValues {
  IdVector<NodeTag, Values> values, bounds;
};

/// Running error analysis of a computation with `precision`: see docs/error_bound.md. `input_bounds` says how far its
/// inputs may be from those given; an input without any is off by its own rounding. A bound is infinite where the
/// computation may overflow, or where a label may come out as another.
BoundedValues interpret_with_bounds(const Graph& graph, const Inputs& inputs, const Inputs& input_bounds = {},
                                    const Precision& precision = float32, const Effort& effort = {});

/// The worst element of an array computed otherwise, mostly in float32, against its bound.
struct Comparison {
  double worst = 0;  ///< error over bound: above 1 is a fault
  size_t element = 0;
  double computed = 0, expected = 0, bound = 0;
  bool within() const { return worst <= 1; }
};
Comparison compare(const Values& computed, const Values& expected, const Values& bounds);

}  // namespace dnnc
