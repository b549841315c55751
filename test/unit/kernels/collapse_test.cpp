#include "compiler/kernels/collapse.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "test/unit/graph_text.h"
#include "test/unit/random_graph.h"

namespace dnnc {
namespace {

std::string collapsed(const std::string& text) {
  const Graph graph = join_axes(drop_single_axes(graph_of(text)));
  EXPECT_EQ(verify(graph), std::vector<std::string>());
  const std::string printed = print(graph);
  return printed.substr(printed.find('\n') + 1);
}

TEST(Collapse, MakesOneAxisOfAPointwiseFormula) {
  EXPECT_EQ(collapsed(R"(%x[n: batch 4, i: 3, j: 5] = field "x"
%y[n: batch 4, i: 3, j: 5] = %x[n, i, j] / 255
output value "y" = %y
)"),
            R"(%x[a0: 60] = field "x"
%y[a0: 60] = %x[a0] / 255
output value "y" = %y
)");
}

TEST(Collapse, KeepsTheAxisOfABias) {
  EXPECT_EQ(collapsed(R"(%x[n: batch 4, i: 3, j: 5] = field "x"
%b[j: 5] = parameter "b"
%y[n: batch 4, i: 3, j: 5] = %x[n, i, j] + %b[j]
output value "y" = %y
)"),
            R"(%x[a0: 12, a1: 5] = field "x"
%b[a0: 5] = parameter "b"
%y[a0: 12, a1: 5] = %x[a0, a1] + %b[a1]
output value "y" = %y
)");
}

TEST(Collapse, KeepsTheAxesOfAWindow) {
  const std::string text = R"(%x[a0: 4, a1: 3, a2: 5] = field "x"
%y[a0: 4, a1: 2, a2: 5] = max[r0: 2](%x[a0, a1 + r0, a2])
output value "y" = %y
)";
  EXPECT_EQ(collapsed(text), text);
}

TEST(Collapse, MakesOneAxisOfThoseReduced) {
  EXPECT_EQ(collapsed(R"(%x[n: batch 4, i: 3, j: 5] = field "x"
%y[j: 5] = sum[n: batch 4, i: 3](%x[n, i, j])
output value "y" = %y
)"),
            R"(%x[a0: 12, a1: 5] = field "x"
%y[a0: 5] = sum[r0: 12](%x[r0, a0])
output value "y" = %y
)");
}

TEST(Collapse, CountsElementsOfDrawsAsOne) {
  EXPECT_EQ(collapsed(R"(%seed: int = setting "seed"
%step: int = setting "step"
%y[i: 3, j: 5] = uniform(0, 1, stream: 1, seed: %seed, step: %step, example: 0, element: 5*i + j)
output value "y" = %y
)"),
            R"(%seed: int = setting "seed"
%step: int = setting "step"
%y[a0: 15] = uniform(0, 1, stream: 1, seed: %seed, step: %step, example: 0, element: a0)
output value "y" = %y
)");
}

TEST(Collapse, KeepsAnAxisThatIsANumberByItself) {
  const std::string text = R"(%x[a0: 4, a1: 3] = field "x"
%y[a0: 4, a1: 3] = %x[a0, a1] + a1
output value "y" = %y
)";
  EXPECT_EQ(collapsed(text), text);
}

TEST(Collapse, DropsSingleAxesButWhereSomethingReadsBeyondThem) {
  EXPECT_EQ(collapsed(R"(%x[n: batch 4, i: 1] = field "x"
%w[i: 1, j: 3] = parameter "w"
%y[n: batch 4, j: 3] = sum[i: 1](%x[n, i] * %w[i, j])
%z[n: batch 4, i: 1] = %x[n, i - 1 else 7]
output value "y" = %y
output value "z" = %z
)"),
            R"(%x[a0: 4, a1: 1] = field "x"
%w[a0: 3] = parameter "w"
%y[a0: 4, a1: 3] = %x[a0, 0] * %w[a1]
%z[a0: 4] = %x[a0, -1 else 7]
output value "y" = %y
output value "z" = %z
)");
}

TEST(Collapse, FindsThePlaceOfTheBestOfOne) {
  EXPECT_EQ(collapsed(R"(%x[n: batch 4, i: 1] = field "x"
%y[n: batch 4]: class[1] = argmax[i: 1](%x[n, i])
output value "y" = %y
)"),
            R"(%x[a0: 4] = field "x"
%y[a0: 4]: class[1] = 0
output value "y" = %y
)");
}

RC_GTEST_PROP(Collapse, KeepsEveryValue, ()) {
  RandomGraphOptions options;
  options.recurrences = false;
  options.most_nodes = 8;
  const Graph graph = *random_graphs(options);
  const Graph small = join_axes(drop_single_axes(graph));
  RC_ASSERT(verify(small) == std::vector<std::string>());
  const Inputs inputs = random_inputs(graph, 5);
  const auto expected = interpret(graph, inputs), values = interpret(small, inputs);
  for (NodeId node : node_ids(graph)) RC_ASSERT(values[node] == expected[node]);
}

}  // namespace
}  // namespace dnnc
