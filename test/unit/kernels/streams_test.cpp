#include "compiler/kernels/streams.h"

#include <gtest/gtest.h>

#include "compiler/interpret/interpret.h"
#include "compiler/kernels/access.h"
#include "compiler/kernels/kernel.h"
#include "runtime/program/philox.h"
#include "test/unit/graph_text.h"

namespace dnnc {
namespace {

/// Three draws of two streams, one of them with a high word.
Graph draws() {
  return graph_of(R"(%seed: int = setting "seed"
%step: int = setting "step"
%a[i: 5] = uniform(-1, 1, stream: 16100725111432980782, seed: %seed, step: %step, example: 0, element: i)
%b[i: 5] = uniform(-1, 1, stream: 7, seed: %seed, step: %step, example: 0, element: i) + %a[i]
%c[i: 5] = normal(0, 1, stream: 7, seed: %seed, step: %step, example: 2, element: i)
output value "a" = %a
output value "b" = %b
output value "c" = %c
)");
}

Inputs numbers_of_draws(const Graph& graph) {
  Inputs inputs = {{"seed", {42}}, {"step", {3}}};
  for (NodeId node : node_ids(graph)) {
    const Input* input = input_of(graph, node);
    if (!input || input->role != InputRole::Stream) continue;
    const auto words = runtime::stream_words(input->name);
    inputs[input->name] = Values(words.begin(), words.end());
  }
  return inputs;
}

TEST(Streams, AreInputsAndDrawTheSame) {
  const Graph whole = draws(), taken = take_out_streams(whole);
  EXPECT_EQ(verify(taken), std::vector<std::string>());
  EXPECT_EQ(print(taken).find("stream: 7"), std::string::npos);
  const Inputs inputs = numbers_of_draws(taken);
  EXPECT_EQ(inputs.size(), 4u) << "one input a stream";
  const auto expected = interpret(whole, inputs), drawn = interpret(taken, inputs);
  for (size_t k = 0; k < whole.outputs.size(); ++k)
    EXPECT_EQ(drawn[taken.outputs[k].node], expected[whole.outputs[k].node]);
  std::string error;
  const auto again = parse_graph(print(taken), error);
  ASSERT_TRUE(again) << error;
  EXPECT_EQ(print(*again), print(taken));
}

/// Start values of layers differ in their streams alone.
TEST(Streams, OfEqualLayersLeaveOneKernel) {
  const auto graph = [](const std::string& stream) {
    return graph_of("%seed: int = setting \"seed\"\n%step: int = setting \"step\"\n%w[i: 5] = uniform(0, 1, stream: " +
                    stream + ", seed: %seed, step: %step, example: 0, element: i)\noutput value \"w\" = %w\n");
  };
  const Plan two =
      plan({{EntryKind::Initial, 0, graph("123456789012345678"), {}}, {EntryKind::Fit, 0, graph("9"), {}}});
  EXPECT_EQ(two.kernels.size(), 1u);
  EXPECT_NE(two.entries[0].calls[0].buffers, two.entries[1].calls[0].buffers);
}

}  // namespace
}  // namespace dnnc
