#include "compiler/kernels/segments.h"

#include <gtest/gtest.h>

#include "compiler/kernels/cost.h"
#include "compiler/kernels/kernel.h"
#include "test/unit/graph_text.h"

namespace dnnc {
namespace {

/// The axes of %y that a value tells the place along.
std::vector<std::string> axes_of_segments(const std::string& text) {
  const Graph graph = graph_of(
      "%word[n: batch 32, t: 20]: class[1000] = field \"word\"\n"
      "%x[n: batch 32, t: 20, k: 64] = field \"x\"\n" +
      text);
  const Node& node = graph[node_named(graph, "y")];
  std::vector<std::string> names;
  for (const Segment& segment : segments_of(node)) names.push_back(node.axes[segment.axis].name);
  return names;
}

using Names = std::vector<std::string>;

TEST(Segments, AreToldByAnEqualityWithoutWhichTheTermIs0) {
  const std::string sum = "%y[v: 1000, k: 64] = sum[n: batch 32, t: 20]";
  EXPECT_EQ(axes_of_segments(sum + "(select(%word[n, t] == v, %x[n, t, k], 0))"), Names({"v"}));
  EXPECT_EQ(axes_of_segments(sum + "(select(v == %word[n, t] and k < 3, %x[n, t, k], 0))"), Names({"v"}));
  EXPECT_EQ(axes_of_segments(sum + "(select(k < 3, select(v == %word[n, t], %x[n, t, k], 0), 0))"), Names({"v"}));
  EXPECT_EQ(axes_of_segments(sum + "(select(%word[n, t] == v, %x[n, t, k], 1))"), Names());
  EXPECT_EQ(axes_of_segments(sum + "(select(%word[n, t] == v or k < 3, %x[n, t, k], 0))"), Names());
  EXPECT_EQ(axes_of_segments(sum + "(select(%word[n, t] == v, %x[n, t, k], 0) + %x[n, t, k])"), Names());
}

TEST(Segments, NeedAValueOfTheTermsThatIsFreeOfThePlace) {
  EXPECT_EQ(axes_of_segments("%y[v: 1000, k: 64] = sum[n: batch 32](select(v == k, %x[n, 0, k], 0))"), Names());
  EXPECT_EQ(axes_of_segments("%y[v: 1000, k: 64] = sum[n: batch 32](select(n + v == v, %x[n, 0, k], 0))"), Names());
  EXPECT_EQ(axes_of_segments("%y[v: 1000, u: 900] = sum[n: batch 32]("
                             "select(%word[n, 0] + u == v and %word[n, 1] + v == u, %x[n, 0, 0], 0))"),
            Names({"v"}));
}

TEST(Segments, OfSumsOnly) {
  EXPECT_EQ(axes_of_segments("%y[v: 1000, k: 64] = max[n: batch 32](select(%word[n, 0] == v, %x[n, 0, k], 0))"),
            Names());
}

TEST(Segments, AreNotWorthWhileForAFewPlaces) {
  EXPECT_EQ(axes_of_segments("%y[v: 30] = sum[n: batch 32, t: 20](select(%word[n, t] == v, 1, 0))"), Names());
  EXPECT_EQ(axes_of_segments("%y[v: 60] = sum[n: batch 32, t: 20](select(%word[n, t] == v, 1, 0))"), Names({"v"}));
}

constexpr const char* gradient_of_a_table = R"(
%word[n: batch 32, t: 20]: class[1000] = field "word"
%x[n: batch 32, t: 20, k: 64] = field "x"
%e[n: batch 32, t: 20, k: 64] = exp(%x[n, t, k])
%y[v: 1000, k: 64] = sum[n: batch 32, t: 20](select(%word[n, t] == v, %e[n, t, k], 0))
%z[v: 1000, k: 64] = %y[v, k] * 2
output value "z" = %z
)";

TEST(Segments, CostWorkForTermsAndResultsOnly) {
  const Graph graph = graph_of(gradient_of_a_table);
  EXPECT_EQ(work_of(graph, node_named(graph, "y")), 6 * 32 * 20 * 64 + 1000 * 64);
  EXPECT_EQ(reads_of(graph, node_named(graph, "y"), node_named(graph, "e")), 32 * 20 * 64);
}

TEST(Segments, TakeInWhatTheyAreMadeOfAndAreCompleteBeforeTheyAreRead) {
  const Graph graph = graph_of(gradient_of_a_table);
  const std::vector<Group> groups = fuse(graph);
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].outputs, std::vector<NodeId>{node_named(graph, "y")});
  EXPECT_EQ(groups[1].nodes, std::vector<NodeId>{node_named(graph, "z")});
}

}  // namespace
}  // namespace dnnc
