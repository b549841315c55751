#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

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

RC_GTEST_PROP(RandomValues, StayUnderMergeDuplicates, ()) { check_keeps_values(merge_duplicates); }
RC_GTEST_PROP(RandomValues, StayUnderDropDead, ()) { check_keeps_values(drop_dead); }

}  // namespace
}  // namespace dnnc
