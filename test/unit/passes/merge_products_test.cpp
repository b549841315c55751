#include <gtest/gtest.h>

#include "compiler/interpret/interpret.h"
#include "compiler/passes/passes.h"
#include "test/unit/graph_text.h"

namespace dnnc {
namespace {

const std::string gates =
    "%x[n: batch 2, t: 3, i: 2] = field \"x\"\n"
    "%wa[i: 2, j: 2] = parameter \"wa\"\n%wb[i: 2, j: 2] = parameter \"wb\"\n"
    "%ua[k: 2, j: 2] = parameter \"ua\"\n%ub[k: 2, j: 2] = parameter \"ub\"\n"
    "%a.sum[n: batch 2, t: 3, j: 2] = sum[i: 2](%x[n, t, i] * %wa[i, j])\n"
    "%b.sum[n: batch 2, t: 3, j: 2] = sum[i: 2](%wb[i, j] * %x[n, t, i])\n"
    "recurrence 3 forward along %a.part[t], %a[t], %b.part[t], %h[t]\n"
    "%a.part[n: batch 2, t: 3, j: 2] = sum[k: 2](%h[n, t - 1, k else 0] * %ua[k, j])\n"
    "%a[n: batch 2, t: 3, j: 2] = tanh(%a.sum[n, t, j] + %a.part[n, t, j])\n"
    "%b.part[n: batch 2, t: 3, j: 2] = sum[k: 2](%h[n, t - 1, k else 0] * %ub[k, j])\n"
    "%h[n: batch 2, t: 3, j: 2] = %a[n, t, j] * (%b.sum[n, t, j] + %b.part[n, t, j])\n"
    "%loss = sum[n: batch 2, t: 3, j: 2](%h[n, t, j])\n";

Graph merged(const std::string& text) {
  Graph graph = merge_products(graph_of(text));
  for (const std::string& fault : verify(graph)) ADD_FAILURE() << fault;
  return graph;
}

size_t sums_of_products(const Graph& graph) {
  size_t count = 0;
  for (const Node& node : graph.nodes) {
    const auto* formula = std::get_if<Comprehension>(&node.kind);
    count += formula && formula->reduction == Reduction::Sum && call_of(formula->body, Function::Multiply) ? 1 : 0;
  }
  return count;
}

TEST(MergeProducts, StacksWhatIsMultipliedByTheSame) {
  const std::string text = print(merged(gates + "output value \"h\" = %h\n"));
  const auto holds = [&](const char* line) { EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text; };
  holds("[side: 2, k: 2, j: 2] = select(side == 0, %ua[k, j], 0) + select(side == 1, %ub[k, j], 0)");
  holds("%a.sum[n: batch 2, t: 3, side: 2, j: 2] = sum[i: 2](%x[n, t, i] * %wa.2[side, i, j])");
  holds("recurrence 3 forward along %a.part[t], %a[t], %h[t]");
  holds("%a.part[n: batch 2, t: 3, side: 2, j: 2] = sum[k: 2](%h[n, t - 1, k else 0] * %ua.2[side, k, j])");
  holds("%h[n: batch 2, t: 3, j: 2] = %a[n, t, j] * (%a.sum[n, t, 1, j] + %a.part[n, t, 1, j])");
}

TEST(MergeProducts, KeepsValuesAndGradients) {
  std::string text = gates;
  for (const char* name : {"wa", "wb", "ua", "ub"})
    text += std::string("%d") + name + "[k: 2, j: 2] = gradient of %loss by %" + name + "\noutput value \"" + name +
            "\" = %d" + name + "\n";
  text += "output value \"h\" = %h\n";
  const Graph before = differentiate(graph_of(text)), after = drop_dead(simplify(differentiate(merged(text))));
  ASSERT_TRUE(verify(after).empty());
  EXPECT_LT(sums_of_products(after), sums_of_products(before));
  const Inputs inputs = {{"x", {0.5, -1, 2, 0.25, -0.5, 1, 1, 3, -2, 0.75, 0.1, -0.2}},
                         {"wa", {0.3, -0.6, 0.9, 0.2}},
                         {"wb", {1.1, 0.4, -0.7, 0.8}},
                         {"ua", {-0.2, 0.5, 0.6, -0.9}},
                         {"ub", {0.7, -0.1, 0.35, 0.45}}};
  const auto expected = interpret(before, inputs), found = interpret(after, inputs);
  for (size_t number = 0; number < before.outputs.size(); ++number) {
    const Values &x = expected[before.outputs[number].node], &y = found[after.outputs[number].node];
    ASSERT_EQ(x.size(), y.size());
    for (size_t place = 0; place < x.size(); ++place)
      EXPECT_NEAR(x[place], y[place], 1e-12) << before.outputs[number].name;
  }
}

/// Each differs from what is merged in one thing.
TEST(MergeProducts, LeavesOthersAlone) {
  const auto unchanged = [](std::string text, const std::string& from, const std::string& to) {
    const size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    EXPECT_EQ(sums_of_products(merged(text + "output value \"h\" = %h\n")), 3u) << to;
  };
  unchanged(gates, "%h[n, t - 1, k else 0] * %ub", "%h[n, t - 1, k else 1] * %ub");              // another first state
  unchanged(gates, "%h[n, t - 1, k else 0] * %ub[k, j]", "%h[n, t - 1, k else 0] * %ub[j, k]");  // turned
  unchanged(gates, "%b.part[n: batch 2, t: 3, j: 2] = sum[k: 2](%h[n, t - 1, k",
            "%b.part[n: batch 2, t: 3, j: 2] = sum[k: 2](%a[n, t - 1, k");
  unchanged(gates, "%loss = ", "output value \"part\" = %b.part\n%loss = ");  // seen outside
  const std::string without_recurrence = gates.substr(0, gates.find("recurrence"));
  EXPECT_EQ(print(merged(without_recurrence + "output value \"a\" = %a.sum\noutput value \"b\" = %b.sum\n")),
            print(graph_of(without_recurrence + "output value \"a\" = %a.sum\noutput value \"b\" = %b.sum\n")));
}

}  // namespace
}  // namespace dnnc
