#include <gtest/gtest.h>

#include <cmath>

#include "compiler/passes/passes.h"
#include "test/unit/graph_text.h"
#include "test/unit/passes/finite_difference.h"

namespace dnnc {
namespace {

const std::string inputs =
    "%x[n: batch 2, k: 3] = field \"x\"\n%label[n: batch 2]: class[3] = field \"label\"\n%s = parameter \"s\"\n";

/// What %y becomes, with the nodes before it that it needs.
std::string stabilized(const std::string& text) {
  Graph graph = drop_dead(stabilize(graph_of(inputs + text + "\noutput value \"y\" = %y\n")));
  for (const std::string& fault : verify(graph)) ADD_FAILURE() << fault;
  std::string result;
  for (NodeId id : node_ids(graph))
    if (!std::holds_alternative<Input>(graph[id].kind)) result += print_node(graph, id) + "\n";
  return result;
}
std::string scalar(const std::string& formula) {
  std::string line = stabilized("%y = " + formula);
  return line.substr(5, line.size() - 6);
}

/// Values of %y at numbers that overflow when they are exponentiated in the plain form.
Values values_at(const std::string& text, Values x) {
  Graph graph = stabilize(graph_of(inputs + text));
  return interpret(graph, {{"x", std::move(x)}, {"label", {2, 0}}, {"s", {0}}})[node_named(graph, "y")];
}

TEST(Stabilize, Sigmoid) {
  EXPECT_EQ(scalar("1 / (1 + exp(-%s))"), "sigmoid(%s)");
  EXPECT_EQ(scalar("1 / (exp(%s * 2) + 1)"), "sigmoid(-(%s * 2))");
  EXPECT_EQ(scalar("(1 + exp(-%s)) ^ -1"), "sigmoid(%s)");
  EXPECT_EQ(scalar("exp(%s) / (1 + exp(%s))"), "sigmoid(%s)");
  EXPECT_EQ(scalar("exp(%s * 2) / (1 + exp(%s))"), "exp(%s * 2) / (1 + exp(%s))");
  EXPECT_EQ(scalar("1 - sigmoid(%s)"), "sigmoid(-%s)");
}

TEST(Stabilize, OneMinusAPowerOfAConstantNearOne) {
  EXPECT_EQ(scalar("1 - 0.5 ^ (%s + 1)"), "-expm1((%s + 1) * -0.6931471805599453)");
  for (const char* as_written : {"1 - 2 ^ %s", "1 - 1 ^ %s", "1 - 0 ^ %s", "1 - %s ^ 0.5", "2 - 0.5 ^ %s"})
    EXPECT_EQ(scalar(as_written), as_written);
}

TEST(Stabilize, LogarithmsOfSigmoids) {
  EXPECT_EQ(scalar("log(sigmoid(%s))"), "log_sigmoid(%s)");
  EXPECT_EQ(scalar("log(1 / (1 + exp(-%s)))"), "log_sigmoid(%s)");
  EXPECT_EQ(scalar("log(1 - sigmoid(%s))"), "log_sigmoid(-%s)");
  EXPECT_EQ(scalar("log(1 + exp(%s)) + log1p(exp(%s))"), "softplus(%s) + softplus(%s)");
}

TEST(Stabilize, SeesThroughNodes) {
  EXPECT_EQ(stabilized("%e[n: batch 2, k: 3] = exp(-%x[n, k])\n%o[n: batch 2, k: 3] = %e[n, k] + 1\n"
                       "%p[n: batch 2, k: 3] = 1 / %o[n, k]\n%y[n: batch 2] = log(%p[n, 2])"),
            "%y[n: batch 2] = log_sigmoid(%x[n, 2])\n");
  EXPECT_EQ(stabilized("%p[n: batch 2, k: 3] = sigmoid(%x[n, k])\n%q[n: batch 2, k: 3] = 1 - %p[n, k]\n"
                       "%y[n: batch 2] = log(%q[n, @(%label[n])])"),
            "%y[n: batch 2] = log_sigmoid(-%x[n, @(%label[n])])\n");
}

TEST(Stabilize, DoesNotSeeThroughWhatItCannotPutInPlace) {
  for (const char* text : {"%p[n: batch 2, k: 3] = sigmoid(%x[n, k])\n%y[n: batch 2, j: 4] = log(%p[n, j else 1])\n",
                           "%p[n: batch 2, k: 3] = sigmoid(%x[n, k + 1 else 0])\n"
                           "%y[n: batch 2] = log(%p[n, @(%label[n])])\n"})
    EXPECT_EQ(stabilized(text), text);
}

TEST(Stabilize, LogarithmOfASumOfExponentials) {
  EXPECT_EQ(stabilized("%t[n: batch 2] = sum[k: 3](exp(%x[n, k]))\n%y[n: batch 2] = log(%t[n])"),
            "%max_t[n: batch 2] = max[k: 3](%x[n, k])\n"
            "%t[n: batch 2] = sum[k: 3](exp(%x[n, k] - stop_gradient(%max_t[n])))\n"
            "%y[n: batch 2] = log(%t[n]) + stop_gradient(%max_t[n])\n");
}

const std::string softmax =
    "%e[n: batch 2, k: 3] = exp(%x[n, k])\n%t[n: batch 2] = sum[j: 3](%e[n, j])\n"
    "%p[n: batch 2, k: 3] = %e[n, k] / %t[n]\n";

TEST(Stabilize, Softmax) {
  EXPECT_EQ(stabilized(softmax + "%y[n: batch 2, k: 3] = %p[n, k] * 2"),
            "%max_t[n: batch 2] = max[j: 3](%x[n, j])\n"
            "%t[n: batch 2] = sum[j: 3](exp(%x[n, j] - stop_gradient(%max_t[n])))\n"
            "%p[n: batch 2, k: 3] = exp(%x[n, k] - stop_gradient(%max_t[n])) / %t[n]\n"
            "%y[n: batch 2, k: 3] = %p[n, k] * 2\n");
}

TEST(Stabilize, LogarithmOfASoftmaxAtALabel) {
  EXPECT_EQ(stabilized(softmax + "%y[n: batch 2] = -log(%p[n, @(%label[n])])"),
            "%max_t[n: batch 2] = max[j: 3](%x[n, j])\n"
            "%t[n: batch 2] = sum[j: 3](exp(%x[n, j] - stop_gradient(%max_t[n])))\n"
            "%y[n: batch 2] = -(%x[n, @(%label[n])] - stop_gradient(%max_t[n]) - log(%t[n]))\n");
}

TEST(Stabilize, LeavesWhatIsRelativeToAMaximum) {
  const std::string text =
      "%m[n: batch 2] = max[k: 3](%x[n, k])\n%t[n: batch 2] = sum[k: 3](exp(%x[n, k] - %m[n]))\n"
      "%y[n: batch 2, k: 3] = exp(%x[n, k] - %m[n]) / %t[n]\n";
  EXPECT_EQ(stabilized(text), text);
}

TEST(Stabilize, MaskedAndWeighedExponentials) {
  const std::string text =
      "%t[n: batch 2] = sum[k: 3](select(k < 2, 3 * exp(%x[n, k]) / (k + 1), 0))\n%y[n: batch 2] = log(%t[n])\n";
  Values y = values_at(text, {1000, 1000, 5000, -1000, -1001, 0});
  EXPECT_NEAR(y[0], 1000 + std::log(4.5), 1e-9);
  EXPECT_NEAR(y[1], -1000 + std::log(3 + 1.5 * std::exp(-1)), 1e-9);
}

TEST(Stabilize, StaysFiniteWhereThePlainFormOverflows) {
  Values p = values_at(softmax + "%y[n: batch 2, k: 3] = %p[n, k]", {1000, 999, -1000, -2000, -2000, -2001});
  EXPECT_NEAR(p[0], 1 / (1 + std::exp(-1)), 1e-12);
  EXPECT_NEAR(p[5], std::exp(-1) / (2 + std::exp(-1)), 1e-12);
  Values l = values_at(softmax + "%y[n: batch 2] = log(%p[n, @(%label[n])])", {1000, 0, -1000, -3000, 0, 0});
  EXPECT_NEAR(l[0], -2000, 1e-9);
  EXPECT_NEAR(l[1], -3000 - std::log(2), 1e-9);
}

TEST(Stabilize, WithinARecurrence) {
  Graph graph = stabilize(graph_of(R"(
%x[t: 3, k: 2] = parameter "x"
recurrence 3 forward along %e[t], %t[t], %h[t]
%e[t: 3, k: 2] = exp(%x[t, k] + %h[t - 1, k else 0])
%t[t: 3] = sum[k: 2](%e[t, k])
%h[t: 3, k: 2] = %e[t, k] / %t[t]
output value "h" = %h
)"));
  EXPECT_EQ(verify(graph), std::vector<std::string>{});
  Values h = interpret(graph, {{"x", {1000, 1000, 1000, 0, -1000, -1000}}})[node_named(graph, "h")];
  EXPECT_NEAR(h[2], 1, 1e-12);
  EXPECT_NEAR(h[4], std::exp(1) / (1 + std::exp(1)), 1e-12);
}

TEST(Stabilize, GradientOfCrossEntropyIsSoftmaxMinusOneHot) {
  Graph graph =
      graph_of(inputs + softmax + "%l[n: batch 2] = -log(%p[n, @(%label[n])])\n%loss = sum[n: batch 2](%l[n])\n");
  Graph after = drop_dead(simplify(differentiate(with_gradients(stabilize(graph)))));
  Inputs values = {{"x", {1000, 1000, 999, -500, 3, 3}}, {"label", {2, 0}}, {"s", {0}}};
  Values d = interpret(after, values)[after.outputs[0].node];
  double share = 1 / (2 + std::exp(-1));
  Values expected = {share, share, share * std::exp(-1) - 1, -1, 0.5, 0.5};
  for (size_t place = 0; place < d.size(); ++place) EXPECT_NEAR(d[place], expected[place], 1e-12) << place;
}

TEST(Stabilize, KeepsGradients) {
  for (const char* loss : {"log(%t[n])", "-log(%p[n, @(%label[n])])", "%p[n, 0] ^ 2", "log(1 - sigmoid(%x[n, 0]))"}) {
    Graph graph =
        stabilize(graph_of(inputs + softmax + "%l[n: batch 2] = " + loss + "\n%loss = sum[n: batch 2](%l[n])\n"));
    expect_gradients(graph, inputs_between(graph, 3, -1, 1));
  }
}

}  // namespace
}  // namespace dnnc
