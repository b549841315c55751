#include "compiler/interpret/moved_values.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>

#include "test/unit/graph_text.h"
#include "test/unit/random_graph.h"

namespace dnnc {
namespace {

/// The graph up to its loss.
Graph without_gradients(const Graph& graph) {
  Graph result{graph.name, {}, {}, graph.recurrences};
  for (const Node& node : graph.nodes)
    if (!std::holds_alternative<Gradient>(node.kind)) result.nodes.push(node);
  return result;
}

std::vector<NodeId> computed_of(const Graph& graph) {
  std::vector<NodeId> result;
  for (NodeId id : node_ids(graph))
    if (!std::holds_alternative<Input>(graph[id].kind)) result.push_back(id);
  return result;
}

RC_GTEST_PROP(MovedValues, AreThoseOfTheInterpreterToTheLastBit, ()) {
  RandomGraphOptions options;
  options.gradients = true;  // they end with a loss
  const Graph graph = without_gradients(*random_graphs(options));
  const NodeId loss = node_ids(graph).back();
  const Inputs inputs = random_inputs(graph, *rc::gen::inRange<uint64_t>(0, 1000));
  const Interpreter interpreter(graph);
  const IdVector<NodeTag, Values> known = interpreter.run(inputs);
  const Reach reach(graph);
  const Effort effort;
  MovedValues moved(interpreter, reach, known, effort);
  const MovedValues::Moves moves = {0.5, -0.25, 3, 0};
  for (NodeId id : node_ids(graph)) {
    const auto* input = std::get_if<Input>(&graph[id].kind);
    if (!input || graph[id].element.kind != Element::Kind::Real) continue;
    const auto last = static_cast<int64_t>(known[id].size()) - 1;
    for (const int64_t element : {int64_t{0}, last / 2, last}) {
      const MovedValues::Moves losses = moved.at(id, element, moves, computed_of(graph), loss);
      for (size_t k = 0; k < moves.size(); ++k) {
        Inputs changed = inputs;
        changed[input->name][element] += moves[k];
        const double expected = interpreter.run(changed)[loss].at(0);
        RC_LOG() << input->name << " " << element << " by " << moves[k] << ": " << losses[k] << ", not " << expected;
        RC_ASSERT(std::bit_cast<uint64_t>(losses[k]) == std::bit_cast<uint64_t>(expected));
      }
    }
  }
}

/// `low-high` of each axis of what reads the changed part of %x.
std::string reached(const std::string& text, const std::vector<int64_t>& low, const std::vector<int64_t>& high) {
  const Graph graph = graph_of(text);
  const NodeId x = node_named(graph, "x"), y = node_named(graph, "y");
  ChangedBoxes changed;
  for (size_t node = 0; node < graph.nodes.size(); ++node) changed.push(std::nullopt);
  changed[x] = Box{x, low, high};
  const Box whole{y, std::vector<int64_t>(graph[y].axes.size(), 0), extents_of(graph[y].axes)};
  const std::optional<Box> part = Reach(graph).part(whole, changed);
  if (!part) return "nothing";
  std::string result;
  for (size_t axis = 0; axis < part->low.size(); ++axis)
    result += (axis > 0 ? " " : "") + std::to_string(part->low[axis]) + "-" + std::to_string(part->high[axis]);
  return result;
}

TEST(Reach, FollowsSubscripts) {
  const std::string x = "%x[i: 8] = parameter \"x\"\n";
  EXPECT_EQ(reached(x + "%y[i: 8] = sum[d: 3](%x[i + d - 1 else 0])\n", {4}, {5}), "3-6");
  EXPECT_EQ(reached(x + "%y[i: 4] = %x[2 * i]\n", {4}, {5}), "2-3");
  EXPECT_EQ(reached(x + "%y[i: 4] = %x[2 * i]\n", {5}, {6}), "nothing");
  EXPECT_EQ(reached(x + "%y[i: 16] = %x[i // 2]\n", {3}, {5}), "6-10");
  EXPECT_EQ(reached(x + "%y[j: 3, i: 8] = %x[7 - i] * j\n", {0}, {2}), "0-3 6-8");
  EXPECT_EQ(reached(x + "%y = sum[i: 8](%x[i])\n", {0}, {2}), "");
  EXPECT_EQ(reached(x + "%y[i: 3] = %x[i] + %x[5]\n", {5}, {6}), "0-3");
}

TEST(Reach, KnowsNotWhatIsReadAtAValue) {
  const std::string text =
      "%x[v: 8, k: 3] = parameter \"x\"\n%word[n: batch 4]: class[8] = field \"word\"\n"
      "%y[n: batch 4, k: 3] = %x[@(%word[n]), k]\n";
  EXPECT_EQ(reached(text, {2, 1}, {3, 2}), "0-4 1-2");
}

TEST(Reach, GoesThroughReshapes) {
  const std::string x = "%x[n: batch 4, i: 2, j: 6] = field \"x\"\n";
  EXPECT_EQ(reached(x + "%y[n: batch 4, k: 12] = reshape %x\n", {1, 0, 2}, {3, 1, 4}), "1-3 2-4");
  EXPECT_EQ(reached(x + "%y[n: batch 4, a: 3, b: 4] = reshape %x\n", {0, 1, 0}, {1, 2, 1}), "0-1 1-2 2-3");
  EXPECT_EQ(reached(x + "%y[n: batch 4, a: 3, b: 4] = reshape %x\n", {0, 0, 0}, {1, 2, 6}), "0-1 0-3 0-4");
}

TEST(MovedValues, ComputeOnlyWhatAnElementReaches) {
  const Graph graph = graph_of(
      "%x[i: 10000] = parameter \"x\"\n%z[i: 10000] = tanh(%x[i])\n%m[i: 10000] = max(%z[i], 0)\n"
      "%row[i: 100] = sum[j: 100](exp(%m[100 * i + j]))\n%loss = sum[i: 100](%row[i])\n");
  const Interpreter interpreter(graph);
  const NodeId x = node_named(graph, "x"), loss = node_named(graph, "loss");
  const IdVector<NodeTag, Values> known = interpreter.run({{"x", Values(10000, -0.5)}});
  const Reach reach(graph);
  size_t blocks = 0;
  const Effort effort{1, [&] { return ++blocks == 0; }};
  MovedValues moved(interpreter, reach, known, effort);
  moved.at(x, 5, {0.1, 0.2, 0.3, 0.4}, computed_of(graph), loss);
  EXPECT_EQ(blocks, 2) << "one for %z and one for %m, where nothing has changed";
  moved.at(x, 5, {1, 0.2, 0.3, 0.4}, computed_of(graph), loss);
  EXPECT_EQ(blocks, 2 + 6) << "100 terms of one row and 100 of the loss in blocks of 64";
}

TEST(Effort, StopsWhatIsComputed) {
  const Interpreter interpreter(graph_of("%x[i: 10000] = parameter \"x\"\n%z[i: 10000] = tanh(%x[i])\n"));
  size_t asked = 0;
  EXPECT_THROW(interpreter.run({{"x", Values(10000)}}, {1, [&] { return ++asked == 3; }}), Stopped);
}

TEST(Interpret, GivesTheSameOnAnyNumberOfThreads) {
  const Graph graph = graph_of(
      "%x[i: 30, j: 500] = parameter \"x\"\n%y[i: 30, k: 500] = sum[j: 500](%x[i, j] * sin(k + j))\n"
      "%z[k: 500] = sum[i: 30, j: 500](%y[i, k] * %x[i, j])\n");
  Inputs inputs = random_inputs(graph, 1);
  const auto expected = interpret(graph, inputs), values = interpret(graph, inputs, {5, nullptr});
  for (NodeId id : node_ids(graph)) EXPECT_EQ(values[id], expected[id]);
}

}  // namespace
}  // namespace dnnc
