#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "compiler/kernels/kernel.h"
#include "test/unit/graph_text.h"

namespace dnnc {
namespace {

/// The names of the nodes of each group, those it writes in brackets: "s z[h]".
std::vector<std::string> shape_of(const Graph& graph, const FusionLimits& limits = {}) {
  std::vector<std::string> texts;
  for (const Group& group : fuse(graph, limits)) {
    std::string text;
    for (NodeId node : group.nodes) {
      const bool written = std::count(group.outputs.begin(), group.outputs.end(), node) > 0;
      text += (text.empty() ? "" : " ") + (written ? "[" + graph[node].name + "]" : graph[node].name);
    }
    texts.push_back(text);
  }
  return texts;
}

using Texts = std::vector<std::string>;

const char* const layer = R"(
%x[n: batch 32, i: 100] = field "x"
%w[i: 100, j: 50] = parameter "w"
%b[j: 50] = parameter "b"
%s[n: batch 32, j: 50] = sum[i: 100](%x[n, i] * %w[i, j])
%z[n: batch 32, j: 50] = %s[n, j] + %b[j]
%h[n: batch 32, j: 50] = max(%z[n, j], 0)
output result "h" = %h
)";

TEST(Fuse, PutsBiasAndActivationToTheContraction) { EXPECT_EQ(shape_of(graph_of(layer)), Texts({"s z [h]"})); }

TEST(Fuse, JoinsNothingIfAsked) { EXPECT_EQ(shape_of(graph_of(layer), {0, 0, false}), Texts({"[s]", "[z]", "[h]"})); }

TEST(Fuse, ComputesTogetherWhatNeedsNothingOfEachOtherIfAsked) {
  const Graph graph = graph_of(R"(
%x[n: batch 32, i: 100] = field "x"
%w[i: 100, j: 100] = parameter "w"
%a[n: batch 32, j: 100] = sum[i: 100](%x[n, i] * %w[i, j])
%b[n: batch 32, j: 100] = sum[i: 100](%x[n, i] * %w[j, i])
%c[n: batch 32, j: 100] = sum[i: 100](%a[n, i] * %w[i, j])
%d[n: batch 32] = sum[i: 100](%b[n, i])
output result "c" = %c
output result "d" = %d
)");
  EXPECT_EQ(shape_of(graph), Texts({"[a]", "[b]", "[c]", "[d]"}));
  FusionLimits together;
  together.most_nodes_of_level = 2;
  EXPECT_EQ(shape_of(graph, together), Texts({"[a] [b]", "[c] [d]"}));
  together.most_nodes_of_level = 1;
  EXPECT_EQ(shape_of(graph, together), Texts({"[a]", "[b]", "[c]", "[d]"}));
}

TEST(Fuse, WritesWhatLaterKernelsRead) {
  EXPECT_EQ(shape_of(graph_of(R"(
%x[n: batch 32, i: 100] = field "x"
%w[i: 100, j: 100] = parameter "w"
%s[n: batch 32, j: 100] = sum[i: 100](%x[n, i] * %w[i, j])
%h[n: batch 32, j: 100] = max(%s[n, j], 0)
%t[n: batch 32, j: 100] = sum[i: 100](%h[n, i] * %w[i, j])
%y[n: batch 32, j: 100] = select(0 <= %s[n, j], %t[n, j], 0)
output result "y" = %y
)")),
            Texts({"[s] [h]", "t [y]"}));
}

TEST(Fuse, ComputesACheapNodeAgainWhereItsSourcesAreInMemoryAnyway) {
  EXPECT_EQ(shape_of(graph_of(R"(
%x[n: batch 32, i: 100] = field "x"
%w[i: 100, j: 100] = parameter "w"
%s[n: batch 32, j: 100] = sum[i: 100](%x[n, i] * %w[i, j])
%h[n: batch 32, j: 100] = max(%s[n, j], 0)
%p[n: batch 32, j: 50] = max[k: 2](%h[n, 2*j + k])
%y[n: batch 32, j: 100] = select(0 <= %s[n, j], %p[n, j // 2], 0)
output result "y" = %y
)"),
                     {0, 0}),
            Texts({"[s]", "h [p]", "[y]"}));
}

TEST(Fuse, FindsAMaximumAndItsPlaceTogether) {
  EXPECT_EQ(shape_of(graph_of(R"(
%x[n: batch 64, i: 30, f: 40] = field "x"
%z[n: batch 64, i: 30, f: 40] = exp(%x[n, i, f])
%p[n: batch 64, i: 15, f: 40] = max[k: 2](%z[n, 2*i + k, f])
%place[n: batch 64, i: 15, f: 40]: class[2] = argmax[k: 2](%z[n, 2*i + k, f])
%q[n: batch 64, i: 15, f: 40] = min[k: 2](%z[n, 2*i + k, f])
output result "p" = %p
output result "place" = %place
output result "q" = %q
)"),
                     {0, 0}),
            Texts({"[z]", "[p] [place]", "[q]"}));
}

TEST(Fuse, LeavesTwoContractionsApart) {
  EXPECT_EQ(shape_of(graph_of(R"(
%x[n: batch 32, i: 100] = field "x"
%w[i: 100, j: 50] = parameter "w"
%v[i: 100, j: 50] = parameter "v"
%s[n: batch 32, j: 50] = sum[i: 100](%x[n, i] * %w[i, j])
%t[n: batch 32, j: 50] = sum[i: 100](%x[n, i] * %v[i, j])
%y[n: batch 32, j: 50] = %s[n, j] + %t[n, j]
output result "y" = %y
)")),
            Texts({"[s]", "t [y]"}));
}

TEST(Fuse, ReadsTheResultOnlyAtItsPlace) {
  EXPECT_EQ(shape_of(graph_of(R"(
%x[n: batch 32, i: 100] = field "x"
%w[i: 100, j: 50] = parameter "w"
%s[n: batch 32, j: 50] = sum[i: 100](%x[n, i] * %w[i, j])
%y[n: batch 32, j: 50] = %s[n, 49 - j]
output result "y" = %y
)")),
            Texts({"[s]", "[y]"}));
}

TEST(Fuse, DoesNotCrossAReshape) {
  EXPECT_EQ(shape_of(graph_of(R"(
%x[n: batch 32, i: 50, j: 50] = field "x"
%y[n: batch 32, i: 50, j: 50] = %x[n, i, j] / 255
%flat[n: batch 32, k: 2500] = reshape %y
%z[n: batch 32, k: 2500] = %flat[n, k] + 1
output result "z" = %z
)")),
            Texts({"[y]", "[z]"}));
}

TEST(Fuse, KeepsThePartsInOneDirection) {
  // y reads both s and u; u needs all of s, so s and y cannot be one.
  EXPECT_EQ(shape_of(graph_of(R"(
%x[n: batch 64, i: 1000] = field "x"
%s[n: batch 64, i: 1000] = exp(%x[n, i])
%u[n: batch 64] = sum[i: 1000](%s[n, i])
%y[n: batch 64, i: 1000] = %s[n, i] / %u[n]
output result "y" = %y
)")),
            Texts({"[s]", "[u]", "[y]"}));
}

TEST(Fuse, ComputesWhatIsReadOnceWhereItIsRead) {
  EXPECT_EQ(shape_of(graph_of(R"(
%x[n: batch 64, i: 1000] = field "x"
%e[n: batch 64, i: 1000] = exp(%x[n, i])
%u[n: batch 64] = sum[i: 1000](%e[n, i])
output result "u" = %u
)")),
            Texts({"e [u]"}));
}

TEST(Fuse, DoesNotComputeTwiceWhatIsReadTwice) {
  EXPECT_EQ(shape_of(graph_of(R"(
%x[n: batch 64, i: 1000] = field "x"
%e[n: batch 64, i: 1000] = exp(%x[n, i])
%u[n: batch 64] = sum[i: 1000](%e[n, i] + %e[n, 999 - i])
output result "u" = %u
)")),
            Texts({"[e]", "[u]"}));
}

TEST(Fuse, PutsTheValuesOfAnOptimizerTogetherAndApartFromTheRest) {
  EXPECT_EQ(shape_of(graph_of(R"(
%x[n: batch 32, i: 100] = field "x"
%w[i: 100] = parameter "w"
%m[i: 100] = optimizer_state "w:m"
%v[i: 100] = optimizer_state "w:v"
%g[i: 100] = sum[n: batch 32](%x[n, i])
%loss = sum[n: batch 32, i: 100](%x[n, i] * %w[i])
%m_new[i: 100] = 0.9 * %m[i] + 0.1 * %g[i]
%v_new[i: 100] = 0.999 * %v[i] + 0.001 * %g[i] ^ 2
%w_new[i: 100] = %w[i] - %m_new[i] / sqrt(%v_new[i])
output loss "loss" = %loss
output value "gradient of w" = %g
output update "w:m" = %m_new into %m
output update "w:v" = %v_new into %v
output update "w" = %w_new into %w
)")),
            Texts({"[g] [loss]", "[m_new] [v_new] [w_new]"}));
}

TEST(Fuse, MakesOneKernelOfATinyHalf) {
  const Graph graph = graph_of(R"(
%x[n: batch 4, i: 2, j: 1] = field "x"
%w[i: 2, j: 4] = parameter "w"
%flat[n: batch 4, i: 2] = reshape %x
%s[n: batch 4, j: 4] = sum[i: 2](%flat[n, i] * %w[i, j])
%s2[n: batch 4, i: 2, j: 2] = reshape %s
%y[n: batch 4, i: 2] = sum[j: 2](exp(%s2[n, i, j]))
output result "y" = %y
output result "flat s" = %s2
)");
  EXPECT_EQ(shape_of(graph), Texts({"[s] s2 [y]"}));
  EXPECT_EQ(fuse(graph).front().kind, KernelClass::Reduction);
}

/// Halide's compile time grows with the square of what stands in a kernel.
TEST(Fuse, CutsLongChainsOfCostlyFormulas) {
  std::string text = "%x[i: 100] = field \"x\"\n", last = "%x";
  for (int k = 0; k < 60; ++k) {
    text +=
        fmt::format("%h{}[i: 100] = {}[i] * sigmoid({}[i]) + exp({}[i]) / tanh({}[i])\n", k, last, last, last, last);
    last = fmt::format("%h{}", k);
  }
  const Graph graph = graph_of(text + "output result \"y\" = " + last + "\n");
  const auto groups = fuse(graph);
  EXPECT_GE(groups.size(), 4u);
  for (const Group& group : groups) EXPECT_LE(group.nodes.size(), 15u);
}

TEST(Fuse, PutsLossAndItsGradientTogether) {
  EXPECT_EQ(shape_of(graph_of(R"(
%z[n: batch 100, j: 10] = field "z"
%label[n: batch 100]: class[10] = field "label"
%top[n: batch 100] = max[j: 10](%z[n, j])
%total[n: batch 100] = sum[j: 10](exp(%z[n, j] - %top[n]))
%loss = sum[n: batch 100](log(%total[n]) + %top[n] - %z[n, @(%label[n])])
%d_z[n: batch 100, j: 10] = exp(%z[n, j] - %top[n]) / %total[n] - (%label[n] == j)
output loss "loss" = %loss
output value "d_z" = %d_z
)")),
            Texts({"top total [loss] [d_z]"}));
}

TEST(Fuse, NamesAContractionOnlyWhereItIsAlone) {
  const auto kinds = [](const char* text) {
    std::vector<KernelClass> all;
    for (const Group& group : fuse(graph_of(text))) all.push_back(group.kind);
    return all;
  };
  EXPECT_EQ(kinds(R"(
%x[n: batch 32, i: 100] = field "x"
%label[n: batch 32]: class[50] = field "label"
%w[i: 100, j: 50] = parameter "w"
%s[n: batch 32, j: 50] = sum[i: 100](%x[n, i] * %w[i, j])
%u[n: batch 32] = %s[n, @(%label[n])]
%v[n: batch 32, j: 50] = exp(%s[n, 49 - j]) + exp(%s[n, j])
%t = product[n: batch 32, j: 50](%v[n, 49 - j])
output result "u" = %u
output value "v" = %v
output value "t" = %t
)"),
            (std::vector<KernelClass>{KernelClass::Contraction, KernelClass::Gather, KernelClass::Reduction}));
}

}  // namespace
}  // namespace dnnc
