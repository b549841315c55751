#include "compiler/kernels/wide_formulas.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "compiler/interpret/interpret.h"
#include "compiler/kernels/access.h"
#include "compiler/kernels/kernel.h"
#include "test/unit/graph_text.h"

namespace dnnc {
namespace {

/// A formula of `count` arrays, some of them read twice.
Graph of_arrays(int count) {
  std::string inputs, sum = "%a0[i]";
  for (int k = 0; k < count; ++k) inputs += fmt::format("%a{}[i: 3] = parameter \"a{}\"\n", k, k);
  for (int k = 1; k < count; ++k)
    sum = k % 7 == 0 ? fmt::format("({} + %a{}[i]) * %a{}[2 - i]", sum, k, k / 2) : fmt::format("{} + %a{}[i]", sum, k);
  return graph_of(inputs + "%y[i: 3] = " + sum + "\noutput value \"y\" = %y\n");
}

Inputs numbers_for(const Graph& graph) {
  Inputs inputs;
  for (NodeId node : node_ids(graph))
    if (const Input* input = input_of(graph, node))
      inputs[input->name] = {0.1 * node.value, 1.0 / (1 + node.value), -0.3 * node.value};
  return inputs;
}

TEST(WideFormulas, AreCutAndComputeTheSame) {
  const Graph whole = of_arrays(300), cut = cut_wide_formulas(whole);
  EXPECT_EQ(verify(cut), std::vector<std::string>());
  size_t formulas = 0;
  for (NodeId node : node_ids(cut)) {
    if (!formula_of(cut, node)) continue;
    ++formulas;
    EXPECT_LE(sources_of(cut, node).size(), most_arrays_of_formula + 1);
  }
  EXPECT_GE(formulas, 9u);
  EXPECT_LE(formulas, 20u);
  const auto values = interpret(cut, numbers_for(whole)), expected = interpret(whole, numbers_for(whole));
  EXPECT_EQ(values[cut.outputs[0].node], expected[whole.outputs[0].node]);
}

TEST(WideFormulas, LeavesOthersAsTheyAre) {
  const Graph graph = of_arrays(most_arrays_of_formula);
  EXPECT_EQ(print(cut_wide_formulas(graph)), print(graph));
}

/// Halide's compile time grows with the square of the arrays of a kernel.
TEST(WideFormulas, MakeKernelsOfFewArrays) {
  const Plan planned = plan({{EntryKind::Train, 1, of_arrays(1000), {}}});
  EXPECT_GE(planned.entries[0].calls.size(), 15u);
  for (const Kernel& kernel : planned.kernels) EXPECT_LE(kernel.inputs.size(), 64u);
}

}  // namespace
}  // namespace dnnc
