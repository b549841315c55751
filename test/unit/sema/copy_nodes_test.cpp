#include "compiler/sema/copy_nodes.h"

#include <gtest/gtest.h>

namespace dnnc {
namespace {

Graph graph_of(const std::string& text) {
  std::string error;
  std::optional<Graph> graph = parse_graph(text, error);
  EXPECT_TRUE(graph) << error;
  return graph.value_or(Graph{});
}

NodeId named(const Graph& graph, const std::string& name) {
  for (NodeId node : node_ids(graph))
    if (graph[node].name == name) return node;
  ADD_FAILURE() << name;
  return {};
}

TEST(CopyNodes, StopsAtStandIns) {
  Graph from = graph_of(R"(graph "from"
%x[n: batch 4] = field "x"
%mean = sum[n: batch 4](%x[n] / 4)
%root = sqrt(%mean)
output metric "root" = %root
)");
  Graph to;
  to.name = "to";
  NodeId mean = add_input(to, {InputRole::Setting, "root.0", ""}, {}, {}, {});
  NodeMap known = {{named(from, "mean"), mean}};
  copy_nodes(from, to, {named(from, "root")}, known);
  to.outputs.push_back({OutputRole::Metric, "root", known.at(named(from, "root")), {}});
  EXPECT_EQ(print(to), R"(graph "to"
%"root.0" = setting "root.0"
%root = sqrt(%"root.0")
output metric "root" = %root
)");
}

TEST(CopyNodes, KeepsRecurrencesWhole) {
  std::string text = R"(graph "g"
%w = parameter "w"
recurrence 5 forward along %h[t], %c[t]
%h[t: 5] = %w * %c[t - 1 else 1]
%c[t: 5] = %h[t] + 1
%last = %h[4]
output value "last" = %last
)";
  Graph from = graph_of(text);
  Graph to;
  to.name = "g";
  NodeMap known;
  copy_nodes(from, to, {named(from, "last")}, known);
  to.outputs.push_back({OutputRole::Value, "last", known.at(named(from, "last")), {}});
  EXPECT_EQ(print(to), text);
}

TEST(CopyNodes, RenamesTheSettingsOfDraws) {
  Graph from = graph_of(R"(graph "g"
%unused = parameter "unused"
%seed: int = setting "seed"
%step: int = setting "step"
%w[i: 3] = uniform(-1, 1, stream: 7, seed: %seed, step: %step, example: 0, element: i)
output value "w" = %w
)");
  Graph to;
  NodeMap known;
  copy_nodes(from, to, {named(from, "w")}, known);
  EXPECT_EQ(to.nodes.size(), 3u);
  EXPECT_EQ(verify(to), std::vector<std::string>());
}

}  // namespace
}  // namespace dnnc
