#include "compiler/sema/training/copy_nodes.h"

#include "test/unit/graph_text.h"

namespace dnnc {
namespace {

TEST(CopyNodes, StopsAtStandIns) {
  Graph from = graph_of(R"(%x[n: batch 4] = field "x"
%mean = sum[n: batch 4](%x[n] / 4)
%root = sqrt(%mean)
output metric "root" = %root
)");
  Graph to;
  to.name = "to";
  NodeId mean = add_input(to, {InputRole::Setting, "root.0", ""}, {}, {}, {});
  NodeMap known = {{node_named(from, "mean"), mean}};
  copy_nodes(from, to, {node_named(from, "root")}, known);
  to.outputs.push_back({OutputRole::Metric, "root", known.at(node_named(from, "root")), {}});
  EXPECT_EQ(print(to), R"(graph "to"
%"root.0" = setting "root.0"
%root = sqrt(%"root.0")
output metric "root" = %root
)");
}

TEST(CopyNodes, KeepsRecurrencesWhole) {
  std::string text = R"(%w = parameter "w"
recurrence 5 forward along %h[t], %c[t]
%h[t: 5] = %w * %c[t - 1 else 1]
%c[t: 5] = %h[t] + 1
%last = %h[4]
output value "last" = %last
)";
  Graph from = graph_of(text);
  Graph to;
  to.name = "test";
  NodeMap known;
  copy_nodes(from, to, {node_named(from, "last")}, known);
  to.outputs.push_back({OutputRole::Value, "last", known.at(node_named(from, "last")), {}});
  EXPECT_EQ(print(to), "graph \"test\"\n" + text);
}

TEST(CopyNodes, RenamesTheSettingsOfDraws) {
  Graph from = graph_of(R"(%unused = parameter "unused"
%seed: int = setting "seed"
%step: int = setting "step"
%w[i: 3] = uniform(-1, 1, stream: 7, seed: %seed, step: %step, example: 0, element: i)
output value "w" = %w
)");
  Graph to;
  NodeMap known;
  copy_nodes(from, to, {node_named(from, "w")}, known);
  EXPECT_EQ(to.nodes.size(), 3u);
  EXPECT_EQ(verify(to), std::vector<std::string>());
}

}  // namespace
}  // namespace dnnc
