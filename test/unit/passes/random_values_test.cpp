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

/// Up to the roundings of another order of operations; not a number where it was not one.
bool nearly_equal(const std::vector<Values>& a, const std::vector<Values>& b) {
  auto near = [](double x, double y) {
    return x == y || (std::isnan(x) && std::isnan(y)) || std::fabs(x - y) <= 1e-9 * std::max(1.0, std::fabs(x));
  };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](const Values& x, const Values& y) {
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), near);
  });
}

void check_nearly_keeps_values(Graph (*pass)(Graph)) {
  Graph graph = *random_graphs();
  Inputs inputs = random_inputs(graph, *rc::gen::inRange<uint64_t>(0, 1000));
  Graph after = pass(graph);
  RC_ASSERT(verify(after) == std::vector<std::string>{});
  RC_ASSERT(nearly_equal(output_values(after, inputs), output_values(graph, inputs)));
}

RC_GTEST_PROP(RandomValues, StayUnderSimplify, ()) { check_nearly_keeps_values(simplify); }
RC_GTEST_PROP(RandomValues, StayUnderStabilize, ()) { check_nearly_keeps_values(stabilize); }
RC_GTEST_PROP(RandomValues, StayUnderMergeDuplicates, ()) { check_keeps_values(merge_duplicates); }
RC_GTEST_PROP(RandomValues, StayUnderDropDead, ()) { check_keeps_values(drop_dead); }

}  // namespace
}  // namespace dnnc
