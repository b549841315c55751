#include "compiler/ir/gradient_paths.h"

#include "test/unit/graph_text.h"

namespace dnnc {
namespace {

/// The names of the inputs that `set` holds, in the order of the graph.
std::vector<std::string> inputs_in(const Graph& graph, const NodeSet& set) {
  std::vector<std::string> names;
  for (NodeId node : node_ids(graph))
    if (const auto* input = std::get_if<Input>(&graph[node].kind); input && set.contains(node))
      names.push_back(input->name);
  return names;
}

using Names = std::vector<std::string>;

TEST(GradientPaths, FollowArithmeticAndReductions) {
  Graph graph = graph_of(R"(%w[i: 3] = parameter "w"
%b = parameter "b"
%unused = parameter "unused"
%z[i: 3] = exp(%w[i]) * %b
%loss = sum[i: 3](%z[i])
output loss "loss" = %loss
)");
  EXPECT_EQ(inputs_in(graph, gradient_paths(graph, graph.outputs[0].node)), (Names{"w", "b"}));
}

TEST(GradientPaths, EndAtComparisonsFloorAndStoppedValues) {
  Graph graph = graph_of(R"(%a = parameter "a"
%b = parameter "b"
%c = parameter "c"
%d = parameter "d"
%loss = select(%a < 0, floor(%b), stop_gradient(%c)) + %d
output loss "loss" = %loss
)");
  EXPECT_EQ(inputs_in(graph, gradient_paths(graph, graph.outputs[0].node)), (Names{"d"}));
  EXPECT_EQ(inputs_in(graph, dependencies(graph, {graph.outputs[0].node})), (Names{"a", "b", "c", "d"}));
}

TEST(GradientPaths, PassAStatedDerivativeOnlyToItsArgument) {
  Graph graph = graph_of(R"(%a = parameter "a"
%b = parameter "b"
%c = parameter "c"
%loss = overridden(%a * %b, argument: %a, derivative: 1) + overridden(%c, argument: %c, derivative: 0)
output loss "loss" = %loss
)");
  EXPECT_EQ(inputs_in(graph, gradient_paths(graph, graph.outputs[0].node)), (Names{"a"}));
}

TEST(GradientPaths, EndAtThePlaceOfAMaximumAndAtLabels) {
  Graph graph = graph_of(R"(%w[i: 3] = parameter "w"
%t[i: 3] = parameter "t"
%best: class[3] = argmax[i: 3](%w[i])
%loss = %t[@(%best)]
output loss "loss" = %loss
)");
  EXPECT_EQ(inputs_in(graph, gradient_paths(graph, graph.outputs[0].node)), (Names{"t"}));
}

TEST(GradientPaths, RunThroughRecurrences) {
  Graph graph = graph_of(R"(%w = parameter "w"
%start = parameter "start"
recurrence 5 forward along %h[t]
%h[t: 5] = %w * %h[t - 1 else %start]
%loss = %h[4]
output loss "loss" = %loss
)");
  EXPECT_EQ(inputs_in(graph, gradient_paths(graph, graph.outputs[0].node)), (Names{"w", "start"}));
}

}  // namespace
}  // namespace dnnc
