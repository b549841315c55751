#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/interpret/bound.h"
#include "compiler/passes/passes.h"
#include "test/unit/graph_text.h"
#include "test/unit/native/program_runner.h"
#include "test/unit/random_graph.h"

namespace dnnc {
namespace {

using test::RunningProgram;

/// How many numbers were compared, and how many of them under a bound that says anything.
struct Compared {
  size_t elements = 0, bounded = 0;
};

/// Steps a program `steps` times. Before each step the interpreter starts from what the program holds, so every output
/// must lie within the bound derived for one step; what is stored is carried on in float32.
void expect_steps_within_bounds(Graph graph, int steps, Compared& compared) {
  for (const Pass& pass : graph_passes()) graph = pass.run(std::move(graph));
  RunningProgram program(graph);
  Inputs inputs = random_inputs(graph, 3);
  for (auto& [name, values] : inputs)
    for (double& value : values) value = static_cast<float>(name.ends_with(":v") ? value * value : value);
  for (int step = 1; step <= steps; ++step) {
    if (inputs.count("step")) inputs["step"] = {static_cast<double>(step)};
    for (const auto& [name, values] : inputs) program.set(name, values);
    BoundedValues expected = interpret_with_bounds(graph, inputs);
    program.step();
    for (size_t number = 0; number < graph.outputs.size(); ++number) {
      const Output& output = graph.outputs[number];
      if (graph[output.node].element.kind != Element::Kind::Real) continue;  // labels have no rounding
      Values computed = program.output(number);
      computed.resize(expected.values[output.node].size());
      Comparison worst =
          compare({computed.begin(), computed.end()}, expected.values[output.node], expected.bounds[output.node]);
      ASSERT_TRUE(worst.within()) << "step " << step << ", " << output.name << " at " << worst.element << ": "
                                  << worst.computed << " for " << worst.expected << ", bound " << worst.bound << "\n"
                                  << print(graph);
      compared.elements += computed.size();
      for (double bound : expected.bounds[output.node]) compared.bounded += bound < 1e30;
      if (output.role == OutputRole::Update) inputs[std::get<Input>(graph[output.target].kind).name] = computed;
    }
  }
}

void expect_steps_within_bounds(Graph graph, int steps) {
  Compared compared;
  expect_steps_within_bounds(std::move(graph), steps, compared);
  EXPECT_GE(10 * compared.bounded, 9 * compared.elements) << "bounds that are infinite compare nothing";
}

/// Adam's update of parameter `name`, an array of these axes and subscripts.
std::string adam(const std::string& name, const std::string& axes, const std::string& at) {
  auto is = [&](const std::string& node, const std::string& formula) {
    return "%" + node + "_" + name + "[" + axes + "] = " + formula + "\n";
  };
  auto read = [&](const std::string& node) { return "%" + node + "_" + name + "[" + at + "]"; };
  std::string parameter = "%" + name + "[" + at + "]";
  std::string update = is("g", "gradient of %loss by %" + name) + is("m", "optimizer_state \"" + name + ":m\"") +
                       is("v", "optimizer_state \"" + name + ":v\"") +
                       is("n_m", "0.9 * " + read("m") + " + 0.1 * " + read("g")) +
                       is("n_v", "0.999 * " + read("v") + " + 0.001 * " + read("g") + " ^ 2") +
                       is("n", parameter + " - 0.001 * (" + read("n_m") + " / (1 - 0.9 ^ %step)) / (sqrt(" +
                                   read("n_v") + " / (1 - 0.999 ^ %step)) + 1e-7)");
  for (const char* part : {"m", "v"})
    update +=
        "output update \"" + name + ":" + part + "\" = %n_" + part + "_" + name + " into %" + part + "_" + name + "\n";
  return update + "output value \"gradient of " + name + "\" = %g_" + name + "\noutput update \"" + name + "\" = %n_" +
         name + " into %" + name + "\n";
}

TEST(FloatBound, HoldsForTenUpdatesOfAConvolutionAndADenseLayer) {
  expect_steps_within_bounds(
      graph_of("%step: int = setting \"step\"\n%x[n: batch 3, i: 7, j: 5, c: 2] = field \"x\"\n"
               "%label[n: batch 3]: class[4] = field \"label\"\n"
               "%k[a: 3, b: 3, c: 2, f: 5] = parameter \"k\"\n%w[i: 4, j: 3, f: 5, l: 4] = parameter \"w\"\n"
               "%b[l: 4] = parameter \"b\"\n"
               "%s[n: batch 3, i: 7, j: 5, f: 5] = sum[a: 3, b: 3, c: 2](%x[n, i + a - 1, j + b - 1, c else 0] * "
               "%k[a, b, c, f])\n"
               "%h[n: batch 3, i: 7, j: 5, f: 5] = max(%s[n, i, j, f], 0)\n"
               "%p[n: batch 3, i: 4, j: 3, f: 5] = max[a: 2, b: 2](%h[n, 2*i + a, 2*j + b, f else 0])\n"
               "%t[n: batch 3, l: 4] = sum[i: 4, j: 3, f: 5](%p[n, i, j, f] * %w[i, j, f, l])\n"
               "%z[n: batch 3, l: 4] = %t[n, l] + %b[l]\n%e[n: batch 3] = sum[l: 4](exp(%z[n, l]))\n"
               "%loss = sum[n: batch 3]((log(%e[n]) - %z[n, @(%label[n])]) / 3)\noutput loss \"loss\" = %loss\n" +
               adam("k", "a: 3, b: 3, c: 2, f: 5", "a, b, c, f") + adam("w", "i: 4, j: 3, f: 5, l: 4", "i, j, f, l") +
               adam("b", "l: 4", "l")),
      10);
}

TEST(FloatBound, HoldsForTenUpdatesOfTables) {
  expect_steps_within_bounds(
      graph_of(
          "%step: int = setting \"step\"\n%word[n: batch 5, t: 7]: class[53] = field \"word\"\n"
          "%label[n: batch 5]: class[4] = field \"label\"\n"
          "%e[v: 53, i: 13] = parameter \"e\"\n%p[i: 13, u: 53] = parameter \"p\"\n%w[i: 13, l: 4] = parameter \"w\"\n"
          "%x[n: batch 5, t: 7, i: 13] = tanh(%e[@(%word[n, t]), i] + %p[i, @(%word[n, 6 - t])])\n"
          "%z[n: batch 5, l: 4] = sum[t: 7, i: 13](%x[n, t, i] * %w[i, l])\n"
          "%s[n: batch 5] = sum[l: 4](exp(%z[n, l]))\n"
          "%loss = sum[n: batch 5]((log(%s[n]) - %z[n, @(%label[n])]) / 5)\noutput loss \"loss\" = %loss\n" +
          adam("e", "v: 53, i: 13", "v, i") + adam("p", "i: 13, u: 53", "i, u") + adam("w", "i: 13, l: 4", "i, l")),
      10);
}

TEST(FloatBound, HoldsForRandomGraphsAndTheirGradients) {
  RandomGraphOptions options;
  options.recurrences = options.kinks = false;
  options.gradients = true;
  const rc::Gen<Graph> graphs = random_graphs(options);
  Compared compared;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    expect_steps_within_bounds(graphs(rc::Random(seed), 100).value(), 1, compared);
  }
  EXPECT_GE(2 * compared.bounded, compared.elements) << "bounds that are infinite compare nothing";
}

}  // namespace
}  // namespace dnnc
