#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

#include "runtime/program/threads.h"
#include "test/unit/graph_text.h"
#include "test/unit/native/program_runner.h"
#include "test/unit/random_graph.h"

namespace dnnc {
namespace {

using test::RunningProgram;

/// A layer with bias and activation, its loss, and momentum; awkward sizes. `rows` examples.
std::string layer(int64_t rows, int64_t in, int64_t out) {
  const std::string n = "n: batch " + std::to_string(rows), i = "i: " + std::to_string(in),
                    j = "j: " + std::to_string(out);
  return "%x[" + n + ", " + i + "] = field \"x\"\n%w[" + i + ", " + j + "] = parameter \"w\"\n%b[" + j +
         "] = parameter \"b\"\n%v[" + i + ", " + j + "] = optimizer_state \"w:v\"\n%s[" + n + ", " + j + "] = sum[" +
         i + "](%x[n, i] * %w[i, j])\n%h[" + n + ", " + j + "] = max(%s[n, j] + %b[j], 0)\n%loss = sum[" + n + ", " +
         j + "](%h[n, j] ^ 2)\n%d_s[" + n + ", " + j + "] = 2 * %h[n, j]\n%d_w[" + i + ", " + j + "] = sum[" + n +
         "](%x[n, i] * %d_s[n, j])\n%d_b[" + j + "] = sum[" + n + "](%d_s[n, j])\n%v_new[" + i + ", " + j +
         "] = 0.5 * %v[i, j] + %d_w[i, j]\n%w_new[" + i + ", " + j + "] = %w[i, j] - 0.01 * %v_new[i, j]\n%b_new[" + j +
         "] = %b[j] - 0.01 * %d_b[j]\noutput loss \"loss\" = %loss\noutput value \"gradient of w\" = %d_w\n" +
         "output update \"w:v\" = %v_new into %v\noutput update \"w\" = %w_new into %w\n" +
         "output update \"b\" = %b_new into %b\n";
}

void expect_near(const Values& computed, const Values& expected, const std::string& what) {
  ASSERT_EQ(computed.size(), expected.size());
  double largest = 1e-30;
  for (double value : expected) largest = std::max(largest, std::abs(value));
  for (size_t k = 0; k < expected.size(); ++k)
    ASSERT_LE(std::abs(computed[k] - expected[k]), 2e-5 * largest) << what << " at " << k;
}

void expect_steps_like_the_interpreter(const Graph& graph, const FusionLimits& limits) {
  RunningProgram program(graph, limits);
  Inputs inputs = random_inputs(graph, 7);
  for (const auto& [name, values] : inputs) program.set(name, values);
  for (int step = 0; step < 3; ++step) {
    program.set("x", inputs.at("x"));  // the memory of a field is used again within a step
    program.step();
    const auto values = interpret(graph, inputs);
    for (size_t k = 0; k < graph.outputs.size(); ++k) {
      const Output& output = graph.outputs[k];
      expect_near(program.output(k), values[output.node], output.name);
      if (output.role == OutputRole::Update) inputs[output.name] = values[output.node];
    }
  }
}

TEST(Load, StepsLikeTheInterpreter) {
  for (const auto& [rows, in, out] :
       {std::tuple(1, 1, 1), std::tuple(4, 3, 2), std::tuple(7, 13, 17), std::tuple(33, 65, 40)})
    for (const FusionLimits& limits : {FusionLimits{}, FusionLimits{0, 0}, FusionLimits{0, 0, false}})
      expect_steps_like_the_interpreter(graph_of(layer(rows, in, out)), limits);
}

TEST(Load, GivesTheSameBitsForAnyNumberOfThreads) {
  const Graph graph = graph_of(layer(64, 200, 90));
  std::vector<Values> results;
  for (int threads : {1, 2, 4}) {
    runtime::set_threads(threads);
    RunningProgram program(graph);
    for (const auto& [name, values] : random_inputs(graph, 3)) program.set(name, values);
    for (int step = 0; step < 5; ++step) program.step();
    for (size_t k = 0; k < graph.outputs.size(); ++k) results.push_back(program.output(k));
  }
  const size_t outputs = graph.outputs.size();
  for (size_t k = 0; k < outputs; ++k) {
    EXPECT_EQ(results[k], results[outputs + k]) << graph.outputs[k].name;
    EXPECT_EQ(results[k], results[2 * outputs + k]) << graph.outputs[k].name;
  }
}

TEST(Load, HasNoUpdateWhereNothingIsStored) {
  RunningProgram program(graph_of("%a[i: 3] = parameter \"a\"\n%b[i: 3] = %a[i] + 1\noutput value \"b\" = %b\n"));
  EXPECT_EQ(program.entry().update, nullptr);
}

TEST(StepText, CallsKernelsInOrder) {
  const Plan plan = dnnc::plan({{EntryKind::Train, 8, graph_of(layer(64, 200, 90)), {}}});
  const std::string text = step_text(plan);
  EXPECT_NE(text.find("define internal i64 @train.compute()"), std::string::npos);
  EXPECT_NE(text.find("define internal i64 @train.update()"), std::string::npos);
  size_t place = text.find("@train.compute()");
  for (const KernelCall& call : plan.entries[0].calls) {
    place = text.find("call i32 @" + plan.kernels[call.kernel].symbol, place);
    ASSERT_NE(place, std::string::npos) << call.name;
  }
}

}  // namespace
}  // namespace dnnc
