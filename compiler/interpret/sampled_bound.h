#pragma once
#include <cstdint>

#include "compiler/interpret/bound.h"

namespace dnnc {

/// Which operations are off: all, or only those that depend on inputs. Two runs of one program at different inputs do
/// the rest alike.
enum class Roundings { All, OfInputs };

/// One of the computations that bounds are about: every operation is off by a share, drawn by `seed`, of what its own
/// rounding allows. See docs/error_bound.md, *Where a bound tells nothing*.
IdVector<NodeTag, Values> interpret_rounded(const Graph& graph, const Inputs& inputs, const Precision& precision,
                                            Roundings roundings, uint64_t seed);

/// Whether the bound of an element is above a thousandth of the largest value: a fault of that size would pass.
bool is_loose(double bound, double largest);
/// The largest finite one by size; 0 if there is none.
double largest_of(const Values& values);

/// Lowers the bounds of `nodes` to eight times the distance that any of `runs` rounded computations has from the
/// values, where that is less.
void lower_bounds(BoundedValues& known, const Graph& graph, const Inputs& inputs, const std::vector<NodeId>& nodes,
                  const Precision& precision, Roundings roundings, int runs, const Effort& effort = {});

}  // namespace dnnc
