#include "compiler/interpret/expected.h"

#include <algorithm>

#include "compiler/interpret/sampled_bound.h"

namespace dnnc {

Expected::Expected(const Graph& graph, const Inputs& inputs, const Precision& precision, const Effort& effort)
    : graph_(graph),
      inputs_(inputs),
      precision_(precision),
      known_(interpret_with_bounds(graph, inputs, {}, precision, effort)) {
  std::vector<NodeId> loose;
  for (const Output& output : graph.outputs) {
    const double largest = largest_of(known_.values[output.node]);
    if (std::ranges::any_of(known_.bounds[output.node], [&](double bound) { return is_loose(bound, largest); }))
      loose.push_back(output.node);
  }
  if (!loose.empty()) lower_bounds(known_, graph, inputs, loose, precision, Roundings::All, 4, effort);
}

Values Expected::widest_bounds(size_t output) const {
  const NodeId node = graph_.outputs[output].node;
  BoundedValues derived = interpret_with_bounds(graph_, inputs_, {}, precision_);
  lower_bounds(derived, graph_, inputs_, {node}, precision_, Roundings::All, 256);
  return derived.bounds[node];
}

}  // namespace dnnc
