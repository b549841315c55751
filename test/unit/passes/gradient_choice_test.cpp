#include <gtest/gtest.h>

#include <cmath>

#include "compiler/passes/passes.h"
#include "test/unit/graph_text.h"
#include "test/unit/passes/finite_difference.h"

// Gradients where formulas choose: ties, stated derivatives, sides not taken.
namespace dnnc {
namespace {

/// The gradient by %x at given numbers: finite, and 0 where a choice was not taken.
Values gradient_at(const std::string& text, Values x) {
  Graph graph = differentiate(with_gradients(graph_of(text)));
  EXPECT_EQ(verify(graph), std::vector<std::string>{});
  Graph simple = simplify(graph);
  Inputs inputs = {{"x", std::move(x)}};
  Values gradient = interpret(graph, inputs)[graph.outputs[0].node];
  EXPECT_EQ(gradient, interpret(simple, inputs)[simple.outputs[0].node]) << print(simple);
  return gradient;
}

TEST(Gradient, AtATieGoesToTheFirst) {
  auto of = [](const std::string& y, Values x) {
    return gradient_at("%x[i: 2] = parameter \"x\"\n%loss = " + y + "\n", std::move(x));
  };
  EXPECT_EQ(of("max(%x[0], %x[1])", {3, 3}), (Values{1, 0}));
  EXPECT_EQ(of("min(%x[0], %x[1])", {3, 3}), (Values{1, 0}));
  EXPECT_EQ(of("max(%x[0], 0) + max(0, %x[1])", {0, 0}), (Values{1, 0}));
  EXPECT_EQ(of("abs(%x[0]) + %x[1] ^ 0.5 * %x[1] ^ 0.5", {0, 4}), (Values{0, 1}));
  EXPECT_EQ(of("max[i: 2](%x[i])", {3, 3}), (Values{1, 0}));
  EXPECT_EQ(of("min[i: 2](%x[i] * %x[i])", {-2, 2}), (Values{-4, 0}));
  EXPECT_EQ(of("%x[0] ^ %x[1]", {0, 2}), (Values{0, 0}));
}

TEST(Gradient, OfAStatedDerivative) {
  EXPECT_EQ(gradient_at("%x[i: 3] = parameter \"x\"\n%y[i: 3] = overridden(0 <= %x[i] * 2, argument: %x[i] * 2, "
                        "derivative: 1 + 0 * %x[i])\n%loss = sum[i: 3](%y[i] * index(i + 1))\n",
                        {-1, 0, 2}),
            (Values{2, 4, 6}));
}

TEST(Gradient, NothingComesFromTheSideNotTaken) {
  EXPECT_EQ(gradient_at("%x[i: 4] = parameter \"x\"\n%y[i: 4] = select(0 < %x[i], log(%x[i]), 3 * %x[i])\n"
                        "%loss = sum[i: 4](%y[i])\n",
                        {2, 0, -1, 4}),
            (Values{0.5, 3, 3, 0.25}));
  EXPECT_EQ(gradient_at("%x[i: 4] = parameter \"x\"\n%loss = sum[i: 4](select(0 < %x[i], sqrt(%x[i]), 0))\n",
                        {4, 0, -1, 0.25}),
            (Values{0.25, 0, 0, 1}));
}

TEST(Gradient, NothingComesFromTheSideNotTakenThroughOtherNodes) {
  const std::string norm =
      "%x[n: 2, i: 2] = parameter \"x\"\n%s[n: 2] = sum[i: 2](%x[n, i] ^ 2)\n%r[n: 2] = sqrt(%s[n])\n"
      "%y[n: 2, i: 2] = select(0 < %r[n], %x[n, i] / %r[n], 0)\n%loss = sum[n: 2, i: 2](%y[n, i] * i)\n";
  Values gradient = gradient_at(norm, {3, 4, 0, 0});
  EXPECT_NEAR(gradient[0], -12.0 / 125, 1e-12);
  EXPECT_NEAR(gradient[1], 9.0 / 125, 1e-12);
  EXPECT_EQ(gradient[2], 0);
  EXPECT_EQ(gradient[3], 0);

  const std::string chain =
      "%x[i: 3] = parameter \"x\"\n%l[i: 3] = log(%x[i])\n%r[i: 3] = 1 / %l[i]\n%e[i: 3] = exp(%r[i])\n"
      "%y[i: 3] = select(1 < %x[i], %e[i], 0)\n%loss = sum[i: 3](%y[i])\n";
  EXPECT_EQ(gradient_at(chain, {1, 0, -1}), (Values{0, 0, 0}));
}

TEST(Gradient, NothingComesFromAMaskedTermOfASum) {
  const std::string masked =
      "%x[i: 2, k: 3] = parameter \"x\"\n%l[i: 2, k: 3] = log(%x[i, k])\n%s[i: 2] = sum[k: 3](select(k <= i, %l[i, k], "
      "0))\n"
      "%loss = sum[i: 2](%s[i])\n";
  EXPECT_EQ(gradient_at(masked, {2, 0, -1, 4, 8, 0}), (Values{0.5, 0, 0, 0.25, 0.125, 0}));
}

TEST(Gradient, NothingComesFromTheSideNotTakenThroughReshapesAndRecurrences) {
  EXPECT_EQ(gradient_at("%x[i: 4] = parameter \"x\"\n%r[i: 4] = sqrt(%x[i])\n%q[i: 2, j: 2] = reshape %r\n"
                        "%y[i: 2, j: 2] = select(0 < %q[i, j], %q[i, j], 0)\n%loss = sum[i: 2, j: 2](%y[i, j])\n",
                        {4, 0, 1, 0}),
            (Values{0.25, 0, 0.5, 0}));
  EXPECT_EQ(gradient_at("%x[t: 3] = parameter \"x\"\nrecurrence 3 forward along %g[t], %h[t]\n"
                        "%g[t: 3] = sqrt(%h[t - 1 else 1] * %x[t])\n%h[t: 3] = select(0 < %g[t], %g[t], 0)\n"
                        "%loss = sum[t: 3](%h[t])\n",
                        {4, 0, 1}),
            (Values{0.25, 0, 0}));
}

TEST(Gradient, NothingComesFromASumOfTermsNotTaken) {
  const std::string sums =
      "%x[i: 2] = parameter \"x\"\n%m[k: 3] = index(k - 9)\n"
      "%s[i: 2] = sum[k: 3](select(0 < %m[k], log(%x[i]) * %m[k], 0))\n%loss = sum[i: 2](%s[i])\n";
  EXPECT_EQ(gradient_at(sums, {0, 2}), (Values{0, 0}));
}

/// The same through all passes before `differentiate`, by another input than the one that is chosen by.
Values carried_gradient(const std::string& text, const Inputs& inputs) {
  Graph graph = carry_conditions(with_gradients(graph_of(text)));
  EXPECT_EQ(verify(graph), std::vector<std::string>{});
  graph = differentiate(std::move(graph));
  EXPECT_EQ(verify(graph), std::vector<std::string>{});
  const Output* wanted = nullptr;
  for (const Output& output : graph.outputs)
    if (output.name == "gradient of v") wanted = &output;
  return interpret(graph, inputs)[wanted->node];
}

TEST(Gradient, NothingComesFromValuesThatABranchNotTakenReads) {
  // x / x is no number at 0, where nothing reads it.
  EXPECT_EQ(carried_gradient("%x[n: batch 2] = field \"x\"\n%v[i: 2] = parameter \"v\"\n"
                             "%q[n: batch 2, i: 2] = %x[n] / %x[n] * index(i + 1)\n"
                             "%m[n: batch 2] = sum[i: 2](%q[n, i] * %v[i])\n"
                             "%y[n: batch 2] = select(0 < %x[n], %m[n], 0)\n%loss = sum[n: batch 2](%y[n])\n",
                             {{"x", {0, 3}}, {"v", {1, 1}}}),
            (Values{1, 2}));
  // Through a reshape, under a condition that stands behind what it is for, and with one of two branches each.
  EXPECT_EQ(carried_gradient("%x[n: batch 2] = field \"x\"\n%v[i: 2, j: 1] = parameter \"v\"\n"
                             "%l[n: batch 2, i: 2] = log(%x[n] * index(i + 1))\n"
                             "%r[n: batch 2, i: 2, j: 1] = reshape %l\n"
                             "%m[n: batch 2] = sum[i: 2, j: 1](%r[n, i, j] * %v[i, j])\n"
                             "%is[n: batch 2] = sum[k: 3](select(0 < %x[n], 1, 0))\n"
                             "%y[n: batch 2] = select(2 < %is[n], %m[n], 0)\n%loss = sum[n: batch 2](%y[n])\n",
                             {{"x", {-1, 1}}, {"v", {1, 1}}}),
            (Values{0, std::log(2.0)}));
  // Two readers: one of them or the other reads where the root is a number.
  EXPECT_EQ(carried_gradient("%x[n: batch 3] = field \"x\"\n%v = parameter \"v\"\n%r[n: batch 3] = sqrt(%x[n])\n"
                             "%a[n: batch 3] = select(3 < %x[n], %r[n] * %v, 0)\n"
                             "%b[n: batch 3] = select(%x[n] == 1, %r[n] * %v, 0)\n"
                             "%loss = sum[n: batch 3](%a[n] + %b[n])\n",
                             {{"x", {-1, 1, 4}}, {"v", {1}}}),
            (Values{3}));
  // A row that is masked whole: its weights are 0 / 0.
  EXPECT_EQ(carried_gradient("%mask[i: 2, j: 2] = field \"mask\"\n%v[j: 2] = parameter \"v\"\n"
                             "%total[i: 2] = sum[j: 2](%mask[i, j])\n"
                             "%weight[i: 2, j: 2] = %mask[i, j] / %total[i]\n"
                             "%mixed[i: 2] = sum[j: 2](%weight[i, j] * %v[j])\n"
                             "%y[i: 2] = select(0 < %total[i], %mixed[i], 0)\n%loss = sum[i: 2](%y[i])\n",
                             {{"mask", {0, 0, 3, 1}}, {"v", {1, 1}}}),
            (Values{0.75, 0.25}));
}

TEST(CarryConditions, LeavesWhatIsReadElsewhereOrAlwaysANumber) {
  const auto changes = [](const std::string& nodes) {
    const Graph graph = with_gradients(graph_of("%x[i: 4] = parameter \"x\"\n" + nodes + "%loss = sum[i: 4](%y[i])\n"));
    return print(carry_conditions(graph)) != print(graph);
  };
  EXPECT_TRUE(changes("%q[i: 4] = 1 / %x[i]\n%y[i: 4] = select(0 < %x[i], %q[i] * 2, 0)\n"));
  EXPECT_FALSE(changes("%q[i: 4] = 1 / %x[i]\n%y[i: 4] = select(0 < %x[i], %q[i] * 2, %q[i])\n"));
  EXPECT_FALSE(changes("%q[i: 4] = 1 / %x[i]\n%y[i: 4] = select(0 < %q[i], 2 * %q[i], 0)\n"));
  EXPECT_FALSE(changes("%q[i: 4] = %x[i] / 3 + tanh(%x[i])\n%y[i: 4] = select(0 < %x[i], %q[i] * 2, 0)\n"));
  // Of concatenated arrays each is read whole, under a condition that always holds there.
  EXPECT_FALSE(changes("%q[i: 2] = 1 / %x[i]\n%y[i: 4] = select(i < 2, %q[i else 0], %q[i - 2 else 0])\n"));
  // Where a condition is told by an index over which nothing of the source runs.
  EXPECT_FALSE(changes("%q = 1 / %x[0]\n%y[i: 4] = select(0 < %x[i], %q * 2, 0)\n"));
}

}  // namespace
}  // namespace dnnc
