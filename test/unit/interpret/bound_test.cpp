#include "compiler/interpret/bound.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "compiler/interpret/function_bounds.h"
#include "test/unit/graph_text.h"
#include "test/unit/interpret/float_interpreter.h"
#include "test/unit/random_graph.h"

namespace dnnc {
namespace {

RC_GTEST_PROP(Bound, HoldsForComputationsInFloat, ()) {
  Graph graph = *random_graphs();
  Inputs inputs = random_inputs(graph, *rc::gen::inRange<uint64_t>(0, 1000));
  BoundedValues bounded = interpret_with_bounds(graph, inputs);
  const auto computed = FloatInterpreter(graph, inputs, 6).run();
  for (NodeId id : node_ids(graph)) {
    Comparison comparison = compare({computed[id].begin(), computed[id].end()}, bounded.values[id], bounded.bounds[id]);
    RC_LOG() << labels(graph)[id.value] << " element " << comparison.element << ": " << comparison.computed << " for "
             << comparison.expected << ", bound " << comparison.bound << "\n";
    RC_ASSERT(comparison.within());
  }
}

/// The bound of the only element of %y.
double bound_of(const std::string& text, const Inputs& inputs = {}, const Inputs& input_bounds = {}) {
  Graph graph = graph_of(text);
  return interpret_with_bounds(graph, inputs, input_bounds).bounds[node_named(graph, "y")].at(0);
}

TEST(Bound, GrowsWithTheTermsOfASum) {
  const std::string text = "%x[i: 4] = parameter \"x\"\n%w[i: 4] = parameter \"w\"\n%y = sum[i: 4](%x[i] * %w[i])\n";
  double bound = bound_of(text, {{"x", {1, 2, 3, 4}}, {"w", {1, -1, 1, -1}}});
  EXPECT_NEAR(bound, (4 * 4 * 10 + 2 * 10) * float32.roundoff, 1e-9);
}

TEST(Bound, CountsRoundingOfInputsAndConstants) {
  EXPECT_EQ(bound_of("%x = parameter \"x\"\n%y = -%x\n", {{"x", {0.5}}}), 0);
  EXPECT_NEAR(bound_of("%x = parameter \"x\"\n%y = -%x\n", {{"x", {0.1}}}), 0.1 * float32.roundoff, 1e-12);
  EXPECT_NEAR(bound_of("%x = parameter \"x\"\n%y = 3 * %x\n", {{"x", {1}}}, {{"x", {0.25}}}), 0.75, 1e-6);
  EXPECT_EQ(bound_of("%y = 0.5\n"), 0);
  EXPECT_GT(bound_of("%y = 0.1\n"), 0);
}

TEST(Bound, OfFloat64IsSmallButForAChoiceThatMayTurn) {
  const auto bound = [](const std::string& y) {
    const Graph graph = graph_of("%x = parameter \"x\"\n%y = " + y + "\n");
    return interpret_with_bounds(graph, {{"x", {0.75}}}, {}, float64).bounds[node_named(graph, "y")].at(0);
  };
  EXPECT_NEAR(bound("%x * 3"), 2 * 2.25 * 0x1p-53, 0x1p-60);
  EXPECT_EQ(bound("select(0.5 < %x, 1, -1)"), 0);
  EXPECT_EQ(bound("select(log(exp(%x)) < 0.75, 1, -1)"), 2);
  EXPECT_TRUE(std::isfinite(bound("exp(%x * 200)")));
}

TEST(Bound, HoldsWhereAValueVanishesInFloat) {
  EXPECT_GE(bound_of("%x = parameter \"x\"\n%y = exp(%x)\n", {{"x", {-739}}}), float32.smallest_normal);
}

TEST(Bound, IsInfiniteWhereNothingCanBeSaid) {
  const std::string x = "%x = parameter \"x\"\n";
  auto unbounded = [&](const std::string& y, double at, double error) {
    return std::isinf(bound_of(x + "%y = " + y + "\n", {{"x", {at}}}, {{"x", {error}}}));
  };
  EXPECT_TRUE(unbounded("1 / %x", 0.1, 0.2));
  EXPECT_FALSE(unbounded("1 / %x", 0.3, 0.2));
  EXPECT_TRUE(unbounded("log(%x)", 0.1, 0.2));
  EXPECT_TRUE(unbounded("exp(%x)", 88, 1));
  EXPECT_FALSE(unbounded("exp(%x)", 80, 1));
  EXPECT_TRUE(unbounded("%x ^ 0.5", 0.1, 0.2));
  for (const char* small : {"tanh", "sigmoid", "erf", "sin", "cos"})  // of 1 / 0 - 1 / 0, which is no number
    EXPECT_TRUE(unbounded(std::string(small) + "(1 / %x - 1 / %x)", 0.1, 0.2)) << small;
  EXPECT_FALSE(unbounded("%x ^ 2", 0.1, 0.2));
}

TEST(Bound, FollowsChoices) {
  const std::string x = "%x = parameter \"x\"\n";
  auto bound = [&](const std::string& y, double at, double error) {
    return bound_of(x + "%y = " + y + "\n", {{"x", {at}}}, {{"x", {error}}});
  };
  EXPECT_EQ(bound("select(%x < 1, 5, 7)", 0.5, 0.4), 0);
  EXPECT_EQ(bound("select(%x < 1, 5, 7)", 0.5, 0.6), 2);
  EXPECT_EQ(bound("floor(%x)", 2.5, 0.4), 0);
  EXPECT_EQ(bound("floor(%x)", 2.5, 0.6), 1);
  EXPECT_EQ(bound("select(%x < 1, 1, constant(-inf))", 2, 0.5), 0);
}

TEST(Bound, KnowsWhenALabelIsCertain) {
  const std::string text =
      "%x[i: 3] = parameter \"x\"\n%l: class[3] = argmax[i: 3](%x[i])\n%t[i: 3] = parameter \"t\"\n%y = %t[@(%l)]\n";
  auto bound = [&](const Values& x, double error) {
    return bound_of(text, {{"x", x}, {"t", {1, 2, 3}}}, {{"x", Values(3, error)}});
  };
  EXPECT_EQ(bound({1, 2, 3}, 0.4), 0);
  EXPECT_TRUE(std::isinf(bound({1, 2, 3}, 0.6)));
  EXPECT_EQ(bound({3, 2, 3}, 0), 0);
}

TEST(Bound, RunsAlongRecurrences) {
  const std::string text =
      "%x = parameter \"x\"\nrecurrence 5 forward along %h[t]\n%h[t: 5] = 2 * %h[t - 1 else %x]\n%y = %h[4]\n";
  EXPECT_NEAR(bound_of(text, {{"x", {1}}}, {{"x", {0.125}}}), 4, 1e-4);
}

TEST(Bound, IsKnownOfEveryFunction) {
  const std::array<double, 3> arguments = {0.75, 0.5, 0.25}, errors = {0x1p-10, 0x1p-10, 0x1p-10};  // sums are exact
  for (const FunctionInfo& row : all_functions()) {
    const double value = row.value(arguments.data());
    const double bound = function_bound(row.function, arguments, errors, value, float32);
    for (const double by : {-0x1p-10, 0x1p-10}) {
      const double near[] = {arguments[0] + by, arguments[1] - by, arguments[2] + by};
      EXPECT_LE(std::fabs(row.value(near) - value), bound) << row.name;
    }
    EXPECT_LT(bound, 1) << row.name;
  }
}

TEST(Compare, FindsTheWorstElement) {
  Comparison good = compare({1, 2.25f, 3}, {1, 2, 3}, {0, 0.5, 0});
  EXPECT_TRUE(good.within());
  EXPECT_EQ(good.worst, 0.5);
  EXPECT_EQ(good.element, 1u);
  Comparison bad = compare({1, 2.25f, 4}, {1, 2, 3}, {0, 0.5, 0.25});
  EXPECT_FALSE(bad.within());
  EXPECT_EQ(bad.element, 2u);
  EXPECT_FALSE(compare({std::nanf("")}, {1}, {0.5}).within());
  EXPECT_FALSE(compare({1.0f}, {1.5}, {0}).within());
}

}  // namespace
}  // namespace dnnc
