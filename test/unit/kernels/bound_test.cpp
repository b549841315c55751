#include "compiler/kernels/bound.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

#include "test/unit/graph_text.h"
#include "test/unit/random_graph.h"

namespace dnnc {
namespace {

using Known = std::optional<Bound>;

double value_of(const Bound& bound, const std::vector<double>& magnitudes) {
  double sum = 0;
  for (const BoundTerm& term : bound) {
    double product = term.factor;
    for (BufferId buffer : term.buffers) product *= std::max(1.0, magnitudes.at(buffer.value));
    sum += product;
  }
  return sum;
}

/// Of the node of that name; inputs are the buffers 0, 1, ...
Known bound_in(const std::string& text, const std::string& name) {
  const Graph graph = graph_of(text);
  std::vector<Bound> inputs;
  for (NodeId node : node_ids(graph))
    if (std::holds_alternative<Input>(graph[node].kind))
      inputs.push_back(bound_by(BufferId{static_cast<uint32_t>(inputs.size())}));
  return bounds_of(graph, inputs)[node_named(graph, name).value];
}

constexpr BufferId a{0}, b{1};

TEST(Bound, OfASumOfProductsIsTheNumberOfTermsTimesTheLargestFactors) {
  const Known bound = bound_in(R"(
%x[n: batch 32, i: 784] = field "x"
%d[n: batch 32, j: 128] = field "d"
%w[i: 784, j: 128] = sum[n: batch 32](%d[n, j] * %x[n, i])
)",
                               "w");
  ASSERT_TRUE(bound);
  ASSERT_EQ(bound->size(), 1u);
  EXPECT_EQ((*bound)[0].buffers, (std::vector<BufferId>{a, b}));
  EXPECT_GE((*bound)[0].factor, 2 * 32);
  EXPECT_LE((*bound)[0].factor, 2.01 * 32);
}

TEST(Bound, OfANumberDividedIsNeverBelowOne) {
  EXPECT_EQ(bound_in("%x = parameter \"x\"\n%y = 3.5e-30\n", "y"), bound_by(1 + 0x1p-16));
  EXPECT_EQ(bound_in("%x = parameter \"x\"\n%y = %x / 255\n", "y")->at(0).buffers, std::vector<BufferId>{a});
  EXPECT_GT(bound_in("%x = parameter \"x\"\n%y = %x / 0.001\n", "y")->at(0).factor, 1000);
}

TEST(Bound, AddsTermsOfTheSameBuffers) {
  const Known bound = bound_in("%x = parameter \"x\"\n%y = parameter \"y\"\n%z = %x * %y - %y * %x + %y\n", "z");
  ASSERT_TRUE(bound);
  EXPECT_EQ(bound->size(), 2u);
}

/// What a condition reads cannot make what it chooses larger, or no number.
TEST(Bound, OfAChoiceIsThatOfItsSides) {
  const Known bound = bound_in("%x = parameter \"x\"\n%y = parameter \"y\"\n%z = select(0 < exp(%x), %y, 2)\n", "z");
  ASSERT_TRUE(bound);
  for (const BoundTerm& term : *bound)
    for (BufferId buffer : term.buffers) EXPECT_EQ(buffer, b);
}

TEST(Bound, IsUnknownOfWhatMayBeNoNumberOrGrowsFast) {
  const std::string x = "%x[i: 3] = parameter \"x\"\n";
  for (const char* formula : {"exp(%x[i])", "log(%x[i])", "sqrt(%x[i])", "1 / %x[i]", "%x[i] / 0", "power(%x[i], 0.5)",
                              "power(%x[i], -1)", "power(%x[i], 100)", "remainder(%x[i], 2)"}) {
    std::string error;
    const std::string text = x + "%y[i: 3] = " + formula + "\n";
    ASSERT_TRUE(parse_graph("graph \"test\"\n" + text, error)) << formula << ": " << error;
    EXPECT_FALSE(bound_in(text, "y")) << formula;
    EXPECT_FALSE(bound_in(text + "%z[i: 3] = tanh(%y[i])\n", "z")) << formula;
  }
  EXPECT_FALSE(bound_in(x + "%y = product[i: 3](%x[i])\n", "y"));
}

TEST(Bound, IsUnknownOfSumsSoLongThatRoundingsAddUp) {
  const std::string x = "%x[i: 8388609] = parameter \"x\"\n";
  EXPECT_TRUE(bound_in(x + "%y = sum[i: 8388608](%x[i])\n", "y"));
  EXPECT_FALSE(bound_in(x + "%y = sum[i: 8388609](%x[i])\n", "y"));
}

TEST(Bound, IsUnknownOfANumberThatIsNotFinite) {
  for (const double number : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    Graph graph;
    const NodeId node = add_comprehension(graph, "y", {}, {Reduction::None, {}, constant(number)}, {});
    EXPECT_FALSE(bounds_of(graph, {})[node.value]) << number;
  }
}

/// The rule for functions that bounds do not know by name.
TEST(Bound, OfAFunctionThatIsAlwaysFiniteIsThatOfItsArguments) {
  const std::vector<double> numbers = {0, -0.0, 1e-300, 0.3, -0.3, 0.9, 1, -1, 1.5, -7, 88, -104, 1e10, -1e38, 3e38};
  for (const FunctionInfo& row : all_functions()) {
    if (row.finite != FunctionInfo::Finite::Always || row.function == Function::Multiply) continue;
    for (double first : numbers)
      for (double second : numbers)
        for (double third : numbers) {
          const double arguments[] = {first, second, third};
          double sum = 0;
          for (int k = 0; k < row.arity; ++k) sum += std::max(1.0, std::fabs(arguments[k]));
          const double value = std::fabs(row.value(arguments));
          EXPECT_LE(value, most_of_arguments * sum) << row.name << " of " << first << " " << second << " " << third;
        }
  }
}

RC_GTEST_PROP(Bound, HoldsOfRandomGraphs, ()) {
  RandomGraphOptions options;
  options.recurrences = false;
  const Graph graph = *random_graphs(options);
  Inputs inputs = random_inputs(graph, 1);
  const double scale = std::pow(10.0, random_graph::pick(-3, 30));
  std::vector<Bound> bounds;
  std::vector<double> magnitudes;
  for (NodeId node : node_ids(graph)) {
    const auto* input = std::get_if<Input>(&graph[node].kind);
    if (!input) continue;
    double largest = 0;
    for (double& value : inputs[input->name]) {
      if (input->role == InputRole::Parameter) value *= scale;
      largest = std::max(largest, std::fabs(value));
    }
    bounds.push_back(bound_by(BufferId{static_cast<uint32_t>(magnitudes.size())}));
    magnitudes.push_back(largest);
  }
  const auto values = interpret(graph, inputs);
  const auto known = bounds_of(graph, bounds);
  for (NodeId node : node_ids(graph))
    if (known[node.value])
      for (const double value : values[node]) RC_ASSERT(std::fabs(value) <= value_of(*known[node.value], magnitudes));
}

}  // namespace
}  // namespace dnnc
