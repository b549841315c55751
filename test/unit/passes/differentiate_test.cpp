#include <gtest/gtest.h>

#include "compiler/passes/passes.h"
#include "test/unit/graph_text.h"
#include "test/unit/passes/finite_difference.h"

namespace dnnc {
namespace {

/// The printed lines after differentiating, from the first that names an adjoint.
std::string adjoints_of(const std::string& text) {
  Graph graph = differentiate(with_gradients(graph_of(text)));
  for (const std::string& fault : verify(graph)) ADD_FAILURE() << fault;
  std::string printed = print(graph);
  size_t first = printed.find("%d_");
  EXPECT_NE(first, std::string::npos) << printed;
  return first == std::string::npos ? "" : printed.substr(first, printed.find("output") - first);
}

TEST(Differentiate, KeepsContractionsOfDenseLayersPure) {
  EXPECT_EQ(adjoints_of(R"(
%x[n: batch 4, i: 3] = field "x"
%w[i: 3, j: 5] = parameter "w"
%b[j: 5] = parameter "b"
%s[n: batch 4, j: 5] = sum[i: 3](%x[n, i] * %w[i, j])
%z[n: batch 4, j: 5] = %s[n, j] + %b[j]
%h[n: batch 4, j: 5] = tanh(%z[n, j])
%loss = sum[n: batch 4, j: 5](%h[n, j] / 20)
)"),
            "%d_h[n: batch 4, j: 5] = 0.05\n"
            "%d_z[n: batch 4, j: 5] = %d_h[n, j] * (1 - %h[n, j] * %h[n, j])\n"
            "%d_b[j: 5] = sum[n: batch 4](%d_z[n, j])\n"
            "%d_w[i: 3, j: 5] = sum[n: batch 4](%d_z[n, j] * %x[n, i])\n"
            "%d_x[n: batch 4, i: 3] = sum[j: 5](%d_z[n, j] * %w[i, j])\n");
}

TEST(Differentiate, SplitsStridesIntoPhases) {
  EXPECT_EQ(adjoints_of(R"(
%x[p: 7, c: 2] = parameter "x"
%z[i: 4, c: 2] = sum[a: 3](%x[2*i + a - 1, c else 0] * index(a + 1))
%loss = sum[i: 4, c: 2](%z[i, c])
)"),
            "%d_z[i: 4, c: 2] = 1\n"
            "%d_x[p: 3, c: 2] = sum[a: 2](%d_z[p - a + 1, c] * index(2*a + 1))\n"
            "%d_x.2[p: 7, c: 2] = select(index(p % 2) == 0, %d_z[p // 2, c] * index(2), %d_x[p // 2, c else 0])\n");
}

TEST(Differentiate, InvertsWindowsThatDoNotOverlap) {
  EXPECT_EQ(adjoints_of(R"(
%x[p: 7] = parameter "x"
%y[i: 3] = max[a: 2](%x[2*i + a])
%loss = sum[i: 3](%y[i])
)"),
            "%d_y[i: 3] = 1\n"
            "%d_x[p: 7] = select(%arg_y[p // 2 else 0] == index(p % 2), %d_y[p // 2 else 0], 0)\n");
  EXPECT_EQ(adjoints_of(R"(
%x[p: 6, c: 3] = parameter "x"
%k[a: 2, c: 3, f: 5] = parameter "k"
%z[i: 3, f: 5] = sum[a: 2, c: 3](%x[2*i + a, c] * %k[a, c, f])
%loss = sum[i: 3, f: 5](%z[i, f])
)"),
            "%d_z[i: 3, f: 5] = 1\n"
            "%d_k[a: 2, c: 3, f: 5] = sum[i: 3](%d_z[i, f] * %x[a + 2*i, c])\n"
            "%d_x[i: 3, a: 2, c: 3] = sum[f: 5](%d_z[i, f] * %k[a, c, f])\n"
            "%d_x.2[p: 6, c: 3] = %d_x[p // 2, p % 2, c]\n");
}

TEST(Differentiate, PrefersIndicesThatAFactorBounds) {
  EXPECT_EQ(adjoints_of(R"(
%x[p: 4] = parameter "x"
%k[a: 2]: int = parameter "k"
%z[i: 6] = sum[a: 2](%x[i % 3 + a] * %k[a])
%loss = sum[i: 6](%z[i])
)"),
            "%d_z[i: 6] = 1\n"
            "%d_x[p: 4] = sum[i: 2, i': 3](%d_z[3*i + i'] * %k[p - i' else 0])\n");
}

TEST(Differentiate, SumsOverNoIndexWithOnePlace) {
  EXPECT_EQ(adjoints_of(R"(
%x[n: batch 1, p: 4] = field "x"
%k[a: 1] = parameter "k"
%z[n: batch 1, i: 4] = sum[a: 1](%x[n, i + a] * %k[a])
%loss = sum[n: batch 1, i: 4](%z[n, i])
)"),
            "%d_z[n: batch 1, i: 4] = 1\n"
            "%d_k[a: 1] = sum[n: batch 1, i: 4](%d_z[n, i] * %x[n, a + i])\n"
            "%d_x[n: batch 1, p: 4] = %d_z[n, p] * %k[0]\n");
}

TEST(Differentiate, ReadsLabelsAsOneHotAndSumsRowsOfTables) {
  EXPECT_EQ(adjoints_of(R"(
%z[n: batch 2, k: 3] = field "z"
%label[n: batch 2]: class[3] = field "label"
%l[n: batch 2] = -%z[n, @(%label[n])]
%loss = sum[n: batch 2](%l[n])
)"),
            "%d_l[n: batch 2] = 1\n"
            "%d_z[n: batch 2, k: 3] = select(%label[n] == k, -%d_l[n], 0)\n");
  EXPECT_EQ(adjoints_of(R"(
%word[n: batch 2, t: 4]: class[5] = field "word"
%table[v: 5, k: 3] = parameter "table"
%y[n: batch 2, t: 4, k: 3] = %table[@(%word[n, t]), k]
%loss = sum[n: batch 2, t: 4, k: 3](%y[n, t, k])
)"),
            "%d_y[n: batch 2, t: 4, k: 3] = 1\n"
            "%d_table[v: 5, k: 3] = sum[n: batch 2, t: 4](select(%word[n, t] == v, %d_y[n, t, k], 0))\n");
}

TEST(Differentiate, SumsProductsBeforeTheyGoToTheirRowsOfATable) {
  EXPECT_EQ(
      adjoints_of(R"(
%word[n: batch 2, t: 4]: class[5] = field "word"
%table[h: 2, v: 5, i: 3] = parameter "table"
%w[i: 3, j: 6] = parameter "w"
%y[n: batch 2, h: 2, t: 4, j: 6] = sum[i: 3](%table[h, @(%word[n, t]), i] * %w[i, j])
%loss = sum[n: batch 2, h: 2, t: 4, j: 6](%y[n, h, t, j])
)"),
      "%d_y[n: batch 2, h: 2, t: 4, j: 6] = 1\n"
      "%d_w[i: 3, j: 6] = sum[n: batch 2, h: 2, t: 4](%d_y[n, h, t, j] * %table[h, @(%word[n, t]), i])\n"
      "%d_table[n: batch 2, t: 4, h: 2, i: 3] = sum[j: 6](%d_y[n, h, t, j] * %w[i, j])\n"
      "%d_table.2[h: 2, v: 5, i: 3] = sum[n: batch 2, t: 4](select(%word[n, t] == v, %d_table[n, t, h, i], 0))\n");
}

TEST(Differentiate, KeepsFactorsOutOfSumsThatTheyDoNotRunOver) {
  EXPECT_EQ(adjoints_of(R"(
%x[n: batch 2, i: 3] = field "x"
%m[n: batch 2] = field "m"
%y[n: batch 2, i: 3] = (%x[n, i] - %m[n]) / sqrt(%m[n]) * 0.5
%loss = sum[n: batch 2, i: 3](%y[n, i] * %x[n, i])
)"),
            "%d_m[n: batch 2] = sum[i: 3](%x[n, i] * (%x[n, i] - %m[n]))\n"
            "%d_m.2[n: batch 2] = sum[i: 3](%x[n, i])\n"
            "%d_m.3[n: batch 2] = (%d_m[n] * -0.25 / sqrt(%m[n]) / sqrt(%m[n]) - %d_m.2[n] * 0.5) / sqrt(%m[n])\n"
            "%d_x[n: batch 2, i: 3] = %y[n, i] + %x[n, i] * 0.5 / sqrt(%m[n])\n");
}

TEST(Differentiate, RunsRecurrencesTheOtherWay) {
  EXPECT_EQ(adjoints_of(R"(
%u[k: 2, j: 2] = parameter "u"
recurrence 3 forward along %s[t], %h[t]
%s[t: 3, j: 2] = sum[k: 2](%h[t - 1, k else 1] * %u[k, j])
%h[t: 3, j: 2] = tanh(%s[t, j])
%loss = sum[t: 3, j: 2](%h[t, j])
)"),
            "%d_h[t: 3, j: 2] = 1\n"
            "recurrence 3 backward along %d_h.2[t], %d_h.3[t], %d_s[t]\n"
            "%d_h.2[t: 3, j: 2] = sum[j': 2](%d_s[t + 1, j' else 0] * %u[j, j'])\n"
            "%d_h.3[t: 3, j: 2] = %d_h[t, j] + %d_h.2[t, j]\n"
            "%d_s[t: 3, j: 2] = %d_h.3[t, j] * (1 - %h[t, j] * %h[t, j])\n"
            "%d_u[k: 2, j: 2] = sum[t: 3](%d_s[t, j] * %h[t - 1, k else 1])\n");
}

TEST(Differentiate, GuardsZerosOnlyBehindAChoiceOfOneSide) {
  const std::string root = "%x[i: 3] = parameter \"x\"\n%r[i: 3] = sqrt(%x[i])\n";
  EXPECT_EQ(adjoints_of(root + "%y[i: 3] = select(0 < %r[i], %r[i] * 2, %r[i] * 3)\n%loss = sum[i: 3](%y[i])\n"),
            "%d_y[i: 3] = 1\n"
            "%d_r[i: 3] = select(not 0 < %r[i], %d_y[i] * 3, 0) + select(0 < %r[i], %d_y[i] * 2, 0)\n"
            "%d_x[i: 3] = %d_r[i] * 0.5 / %r[i]\n");
  EXPECT_EQ(adjoints_of(root + "%y[i: 3] = select(0 < %r[i], %r[i] * 2, 3)\n%loss = sum[i: 3](%y[i])\n"),
            "%d_y[i: 3] = 1\n"
            "%d_r[i: 3] = select(0 < %r[i], %d_y[i] * 2, 0)\n"
            "%d_x[i: 3] = select(%d_r[i] != 0, %d_r[i] * 0.5 / %r[i], 0)\n");
}

TEST(Differentiate, GivesZerosWithoutAPath) {
  Graph graph =
      differentiate(graph_of("%w[i: 2] = parameter \"w\"\n%loss = floor(%w[0])\n%g[i: 2] = gradient of %loss by "
                             "%w\noutput value \"g\" = %g\n"));
  EXPECT_EQ(print_node(graph, graph.outputs[0].node), "%d_w[i: 2] = 0");
}

}  // namespace
}  // namespace dnnc
