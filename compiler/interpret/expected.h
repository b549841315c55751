#pragma once
#include "compiler/interpret/bound.h"

namespace dnnc {

/// What a computation of a graph is to give, by output: values, and bounds of how far any run with that precision may be from them.
/// Bounds that are too large to tell anything are made smaller by what rounded runs show.
class Expected {
 public:
  /// Both are used as long as this lives.
  Expected(const Graph& graph, const Inputs& inputs, const Precision& precision, const Effort& effort = {});

  const Values& values(size_t output) const { return known_.values[graph_.outputs[output].node]; }
  const Values& bounds(size_t output) const { return known_.bounds[graph_.outputs[output].node]; }
  /// The bounds of an output from very many runs, which are made before an element is called wrong.
  Values widest_bounds(size_t output) const;

 private:
  const Graph& graph_;
  const Inputs& inputs_;
  const Precision precision_;
  BoundedValues known_;
};

}  // namespace dnnc
