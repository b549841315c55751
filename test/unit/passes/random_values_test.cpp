#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "compiler/interpret/bound.h"
#include "compiler/passes/passes.h"
#include "test/unit/random_graph.h"

namespace dnnc {
namespace {

/// The values of a graph's outputs, in their order.
std::vector<Values> output_values(const Graph& graph, const Inputs& inputs) {
  IdVector<NodeTag, Values> values = interpret(graph, inputs);
  std::vector<Values> result;
  for (const Output& output : graph.outputs) result.push_back(values[output.node]);
  return result;
}

void check_keeps_values(Graph (*pass)(Graph)) {
  Graph graph = *random_graphs();
  Inputs inputs = random_inputs(graph, *rc::gen::inRange<uint64_t>(0, 1000));
  Graph after = pass(graph);
  RC_ASSERT(verify(after) == std::vector<std::string>{});
  RC_ASSERT(output_values(after, inputs) == output_values(graph, inputs));
}

/// Up to the roundings of another order of operations, which a sine of a large number makes large: to a thousandth of
/// what float32 may be off by. Not a number where it was not one.
bool nearly_equal(const Graph& graph, const Graph& after, const Inputs& inputs) {
  const BoundedValues before = interpret_with_bounds(graph, inputs);
  const std::vector<Values> changed = output_values(after, inputs);
  for (size_t number = 0; number < graph.outputs.size(); ++number) {
    const NodeId node = graph.outputs[number].node;
    for (size_t place = 0; place < changed[number].size(); ++place) {
      const double x = before.values[node][place], y = changed[number][place], bound = before.bounds[node][place];
      const bool near = x == y || std::fabs(x - y) <= 1e-9 * std::max(1.0, std::fabs(x)) + 1e-3 * bound;
      if (!near && !(std::isnan(x) && std::isnan(y))) return false;
    }
  }
  return true;
}

void check_nearly_keeps_values(Graph (*pass)(Graph)) {
  Graph graph = *random_graphs();
  Inputs inputs = random_inputs(graph, *rc::gen::inRange<uint64_t>(0, 1000));
  Graph after = pass(graph);
  RC_ASSERT(verify(after) == std::vector<std::string>{});
  RC_ASSERT(nearly_equal(graph, after, inputs));
}

RC_GTEST_PROP(RandomValues, StayUnderSimplify, ()) { check_nearly_keeps_values(simplify); }
RC_GTEST_PROP(RandomValues, StayUnderStabilize, ()) { check_nearly_keeps_values(stabilize); }
RC_GTEST_PROP(RandomValues, StayUnderMergeDuplicates, ()) { check_keeps_values(merge_duplicates); }
RC_GTEST_PROP(RandomValues, StayUnderDropDead, ()) { check_keeps_values(drop_dead); }

}  // namespace
}  // namespace dnnc
