#include "compiler/sema/training/training_nodes.h"

#include <cmath>

#include "compiler/interpret/interpret.h"
#include "test/unit/graph_text.h"

namespace dnnc {
namespace {

void expect_valid(const Graph& graph) { EXPECT_EQ(verify(graph), std::vector<std::string>()); }

TEST(MeanOverBatch, CountsOnlyTheExamplesThatAreThere) {
  Graph graph = graph_of("%x[n: batch 4, i: 2] = field \"x\"\n%count = setting \"count\"\noutput value \"x\" = %x\n");
  NodeId mean = mean_over_batch(graph, node_named(graph, "x"), node_named(graph, "count"), "mean", {});
  expect_valid(graph);
  double none = std::nan("");
  Inputs inputs = {{"x", {1, 10, 2, 20, 6, 60, none, none}}, {"count", {3}}};
  EXPECT_EQ(interpret(graph, inputs)[mean], (Values{3, 30}));
}

TEST(MeansBehind, AreFoundAndMixturesSeen) {
  Graph graph = graph_of(R"(%x[n: batch 4] = field "x"
%w = parameter "w"
%a = sum[n: batch 4](%x[n] / 4)
%b = sum[n: batch 4](%x[n] ^ 2 / 4)
%r = %w * sqrt(%b - %a ^ 2)
%mixed[n: batch 4] = %x[n] - %a
output value "r" = %r
)");
  MeansBehind means = means_behind(graph, node_named(graph, "r"));
  EXPECT_EQ(means.means, (std::vector<NodeId>{node_named(graph, "a"), node_named(graph, "b")}));
  EXPECT_FALSE(means.mixed);
  EXPECT_TRUE(means_behind(graph, node_named(graph, "mixed")).mixed);
}

TEST(Links, GiveProbabilitiesAndLabels) {
  Graph graph = graph_of("%z[n: batch 2, s: 1, k: 3] = field \"z\"\noutput value \"z\" = %z\n");
  NodeId z = node_named(graph, "z");
  NodeId softmax = softmax_of(graph, z, "p", {});
  NodeId label = label_of(graph, z, "label", {});
  NodeId sigmoid = sigmoid_of(graph, z, "q", {});
  expect_valid(graph);
  auto values = interpret(graph, {{"z", {0, std::log(2), 0, 5, 1, 1}}});
  EXPECT_NEAR(values[softmax][0], 0.25, 1e-15);
  EXPECT_NEAR(values[softmax][1], 0.5, 1e-15);
  EXPECT_EQ(values[label], (Values{1, 0}));
  EXPECT_EQ(values[sigmoid][0], 0.5);
  EXPECT_EQ(graph[label].element, (Element{Element::Kind::Class, 3}));
}

TEST(Standardized, IsUndone) {
  Graph graph = graph_of(R"(%x[n: batch 2, i: 2] = field "x"
%rest[n: batch 2, i: 2] = field "rest of x"
%mean[i: 2] = fitted "x.mean"
%mean_rest[i: 2] = fitted "x.mean_rest"
%deviation[i: 2] = fitted "x.deviation"
output value "x" = %x
)");
  const StatisticNodes of = {node_named(graph, "mean"), node_named(graph, "mean_rest"), node_named(graph, "deviation")};
  const NodeId x = node_named(graph, "x");
  NodeId whole = standardized(graph, x, node_named(graph, "rest"), of, "whole", {});
  NodeId z = standardized(graph, x, {}, of, "z", {});
  NodeId back = unstandardized(graph, z, of, "back", {});
  expect_valid(graph);
  auto values = interpret(graph, {{"x", {1, 2, 3, 4}},
                                  {"rest of x", {0.25, 0, 0.5, 0}},
                                  {"x.mean", {1, 2}},
                                  {"x.mean_rest", {0.25, 0}},
                                  {"x.deviation", {2, 4}}});
  EXPECT_EQ(values[whole], (Values{0, 0, 1.125, 0.5}));
  EXPECT_EQ(values[z], (Values{-0.125, 0, 0.875, 0.5}));
  EXPECT_EQ(values[back], (Values{1, 2, 3, 4}));
}

TEST(LengthOfAll, TakesArraysAndNumbersTogether) {
  Graph graph = graph_of("%w[i: 2] = parameter \"w\"\n%b = parameter \"b\"\noutput value \"w\" = %w\n");
  NodeId length = length_of_all(graph, {node_named(graph, "w"), node_named(graph, "b")}, "length", {});
  expect_valid(graph);
  EXPECT_EQ(interpret(graph, {{"w", {2, 3}}, {"b", {6}}})[length], (Values{7}));
  for (const double size : {0x1p-120, 0x1p-50, 0x1p70, 0x1p120})
    EXPECT_EQ(interpret(graph, {{"w", {2 * size, 3 * size}}, {"b", {-6 * size}}})[length], (Values{7 * size}));
}

}  // namespace
}  // namespace dnnc
