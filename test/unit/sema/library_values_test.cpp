#include <cmath>

#include "compiler/interpret/interpret.h"
#include "test/unit/sema/elaborated.h"

namespace dnnc {
namespace {

/// What the net gives for one batch of one example, parameters given by path.
Values run(const std::string& text, std::map<std::string, Values> inputs) {
  Elaborated net(text, false, 1);
  EXPECT_EQ(net.rendered(), "");
  if (net.results.empty()) return {};
  for (NodeId node : node_ids(net.graph))
    if (const auto* input = std::get_if<Input>(&net.graph[node].kind); input && !inputs.contains(input->name))
      inputs[input->name] = Values(size_t(element_count(net.graph[node])), 1.0);
  return interpret(net.graph, inputs)[net.graph.outputs[0].node];
}

void expect_near(const Values& values, const Values& expected) {
  ASSERT_EQ(values.size(), expected.size());
  for (size_t place = 0; place < values.size(); ++place) EXPECT_NEAR(values[place], expected[place], 1e-9) << place;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

TEST(LibraryValues, DenseIsAProductAndABias) {
  expect_near(run("net net(x: f32[3]) -> f32[2] { x -> dense(2, relu) }",
                  {{"x", {1, 2, 3}}, {"net/dense1/w", {1, -1, 0, 2, 1, -3}}, {"net/dense1/b", {0.5, 1}}}),
              {4.5, 0});
}

TEST(LibraryValues, SoftmaxAddsUpToOne) {
  Values y = run("net net(x: f32[2, 3]) -> f32[2, 3] { softmax(x) }", {{"x", {1, 2, 3, 0, 0, 0}}});
  double total = std::exp(1) + std::exp(2) + std::exp(3);
  expect_near(y, {std::exp(1) / total, std::exp(2) / total, std::exp(3) / total, 1.0 / 3, 1.0 / 3, 1.0 / 3});
}

TEST(LibraryValues, AConvolutionReadsZeroOutside) {
  expect_near(run("net net(x: f32[3, 3, 1]) -> f32[3, 3, 1] { x -> conv(1, 3x3, pad: same, bias: false) }",
                  {{"x", {1, 2, 3, 4, 5, 6, 7, 8, 9}}}),
              {12, 21, 16, 27, 45, 33, 24, 39, 28});
  expect_near(run("net net(x: f32[4, 3, 1]) -> f32[2, 2, 1] { x -> conv(1, 2x3, stride: 2x2, pad: same, bias: false) }",
                  {{"x", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}}}),
              {12, 16, 36, 40});
}

TEST(LibraryValues, PoolingTakesWindows) {
  const Values x = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  expect_near(run("net net(x: f32[4, 3, 1]) -> f32[2, 1, 1] { x -> maxpool(2x2) }", {{"x", x}}), {5, 11});
  expect_near(run("net net(x: f32[4, 3, 1]) -> f32[2, 1, 1] { x -> avgpool(2x2) }", {{"x", x}}), {3, 9});
  expect_near(run("net net(x: f32[1, 2, 1]) -> f32[2, 4, 1] { x -> upsample(2) }", {{"x", {3, 5}}}),
              {3, 3, 5, 5, 3, 3, 5, 5});
}

TEST(LibraryValues, NormsHaveMeanZeroAndDeviationOne) {
  expect_near(run("net net(x: f32[2, 2]) -> f32[2, 2] { x -> layernorm(epsilon: 0) }",
                  {{"x", {1, 3, 10, 30}}, {"net/layernorm1/shift", {0, 0}}}),
              {-1, 1, -1, 1});
  expect_near(run("net net(x: f32[1, 1, 4]) -> f32[1, 1, 4] { x -> groupnorm(2, epsilon: 0) }",
                  {{"x", {1, 3, 10, 30}}, {"net/groupnorm1/shift", {0, 0, 0, 0}}}),
              {-1, 1, -1, 1});
}

TEST(LibraryValues, ConcatPutsOneBehindTheOther) {
  expect_near(
      run("net net(a: f32[2, 1], b: f32[2, 2]) -> f32[2, 3] { concat(a, b) }", {{"a", {1, 2}}, {"b", {3, 4, 5, 6}}}),
      {1, 3, 4, 2, 5, 6});
}

TEST(LibraryValues, AnEmbeddingReadsRows) {
  expect_near(run("net net(w: class[3][2]) -> f32[2, 2] { w -> embedding(2) }",
                  {{"w", {2, 0}}, {"net/embedding1/table", {1, 2, 3, 4, 5, 6}}}),
              {5, 6, 1, 2});
}

TEST(LibraryValues, AnLstmRunsInOrder) {
  // One unit with all weights and biases 1.
  double c = 0, h = 0;
  Values expected;
  for (double x : {0.5, -1.0, 2.0}) {
    double gate = sigmoid(x + h + 1);
    c = gate * c + gate * std::tanh(x + h + 1);
    h = gate * std::tanh(c);
    expected.push_back(h);
  }
  expect_near(run("net net(x: f32[3, 1]) -> f32[3, 1] { x -> lstm(1) }", {{"x", {0.5, -1, 2}}}), expected);
}

TEST(LibraryValues, ARecurrenceMayRunFromTheEnd) {
  expect_near(run("net net(x: f32[4]) -> f32[4] { h[s] = x[s] + 2 * h[s + 1 else 0] }", {{"x", {1, 1, 1, 1}}}),
              {15, 7, 3, 1});
}

TEST(LibraryValues, MaskedLayersSayWhatTheySayOfTheRealPlaces) {
  for (const char* layer : {"rnn(2", "lstm(2", "gru(2", "gru(2, reset: after"}) {
    const std::string step = layer;
    const Values cut = run("net net(x: f32[3, 1]) -> f32[3, 2] { x -> " + step + ") }", {{"x", {0.5, -1, 2}}});
    Values expected = cut;
    for (size_t place = 4; place < 8; ++place) expected.push_back(cut[place % 2 + 4]);
    const std::string masked = "net net(x: f32[5, 1], n: int) -> f32[5, 2] { x -> " + step + ", length: n) }";
    expect_near(run(masked, {{"x", {0.5, -1, 2, 7, std::nan("")}}, {"n", {3}}}), expected);
    expect_near(run(masked, {{"x", {0.5, -1, 2, 7, 9}}, {"n", {0}}}), Values(10, 0.0));
  }
}

TEST(LibraryValues, FromTheEndAMaskedLayerBeginsAtTheLastRealPlace) {
  for (const char* layer : {"rnn(1", "lstm(1", "gru(1"}) {
    const std::string step = layer;
    const Values cut =
        run("net net(x: f32[3, 1]) -> f32[3, 2] { x -> bidirectional(" + step + ")) }", {{"x", {0.5, -1, 2}}});
    const Values turned =
        run("net net(x: f32[3, 1]) -> f32[3, 1] { x -> reverse -> " + step + ") -> reverse }", {{"x", {0.5, -1, 2}}});
    for (size_t place = 0; place < 3; ++place) EXPECT_NEAR(cut[2 * place + 1], turned[place], 1e-9);
    Values expected = cut;
    expected.insert(expected.end(), {cut[4], 0, cut[4], 0});
    expect_near(run("net net(x: f32[5, 1], n: int) -> f32[5, 2] { x -> bidirectional(" + step + ", length: n)) }",
                    {{"x", {0.5, -1, 2, 7, 9}}, {"n", {3}}}),
                expected);
  }
}

TEST(LibraryValues, StackedLayersHaveParametersOfTheirOwn) {
  expect_near(
      run("layer add(x: f32[t, n]) { param a: f32 = 0; y[s, j] = x[s, j] + a }\n"
          "net net(x: f32[2, 1]) -> f32[2, 1] { x -> stacked(add, 3) }",
          {{"x", {1, 2}}, {"net/stacked1/add1/a", {1}}, {"net/stacked1/add2/a", {10}}, {"net/stacked1/add3/a", {100}}}),
      {112, 113});
}

TEST(LibraryValues, AttentionMixesByWeights) {
  // All weights 1: equal rows give equal scores, so each place gets the mean of the values.
  expect_near(run("net net(x: f32[2, 2]) -> f32[2, 2] { x -> attention(2) }", {{"x", {1, 2, 1, 2}}}), {6, 6, 6, 6});
}

TEST(LibraryValues, LossesOfScores) {
  double total = std::exp(1) + std::exp(2) + std::exp(3);
  expect_near(run("net net(x: f32[3], c: class[3]) -> f32 { crossentropy(x, c) }", {{"x", {1, 2, 3}}, {"c", {1}}}),
              {std::log(total) - 2});
  expect_near(
      run("net net(x: f32[2], t: f32[2]) -> f32 { mse(x, t) + 10 * mae(x, t) }", {{"x", {1, 2}}, {"t", {3, 5}}}),
      {31.5});
  expect_near(run("net net(x: f32, t: f32) -> f32 { binary_crossentropy(x, t) }", {{"x", {2}}, {"t", {1}}}),
              {std::log1p(std::exp(-2))});
}

TEST(LibraryValues, MetricsOfScores) {
  expect_near(run("net net(x: f32[3], c: class[3]) -> f32 { accuracy(x, c) + 10 * top_k(x, c, n: 2) }",
                  {{"x", {1, 2, 3}}, {"c", {1}}}),
              {10});
}

TEST(LibraryValues, TopKAgreesWithArgmaxOnTies) {
  for (double label : {0.0, 1.0, 2.0, 3.0}) {
    const Values right = run("net net(x: f32[4], c: class[4]) -> f32 { accuracy(x, c) - top_k(x, c, n: 1) }",
                             {{"x", {1, 2, 2, 2}}, {"c", {label}}});
    expect_near(right, {0});
    // In this order: 1, 2, 3, 0.
    expect_near(run("net net(x: f32[4], c: class[4]) -> f32 { top_k(x, c, n: 2) + 10 * top_k(x, c, n: 3) }",
                    {{"x", {1, 2, 2, 2}}, {"c", {label}}}),
                {label == 0   ? 0.0
                 : label == 3 ? 10.0
                              : 11.0});
  }
}

}  // namespace
}  // namespace dnnc
