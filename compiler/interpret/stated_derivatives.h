#pragma once
#include <optional>

#include "compiler/interpret/interpret.h"

namespace dnnc {

/// A graph whose differences are the derivatives that the graph it came from states, and values for its inputs.
struct Linearized {
  Graph graph;
  Inputs inputs;
  /// Of all its nodes at the point, where they are known from finding it out, to the last bit.
  std::optional<IdVector<NodeTag, Values>> values;
};

/// At the point `inputs`: stop_gradient(e) becomes its value there, a constant; overridden(v, argument: a, derivative:
/// d) becomes v0 + d0 * (a - a0); real numbers that are equal there are compared as there wherever one goes, so that of
/// `if a != b` the branch is taken whose derivative is stated. The constants are new inputs, one number for each point of
/// the body they stand in. Nodes keep their ids. The result can be interpreted only: its new inputs stand last.
Linearized with_stated_derivatives(const Graph& graph, const Inputs& inputs, const Effort& effort = {});

}  // namespace dnnc
