#include <cmath>
#include <set>

#include "compiler/interpret/interpret.h"
#include "test/unit/sema/elaborated.h"

namespace dnnc {
namespace {

/// What the net gives for a batch of two examples, parameters and states given by path.
std::vector<Values> run_two(const std::string& text, std::map<std::string, Values> inputs, bool training = false) {
  for (const char* name : {"seed", "step", "first"}) inputs.try_emplace(name, Values{0});
  Elaborated net(text, training, 2);
  EXPECT_EQ(net.rendered(), "");
  if (net.results.empty()) return {};
  const auto values = interpret(net.graph, inputs);
  std::vector<Values> all;
  for (const Output& output : net.graph.outputs) all.push_back(values[output.node]);
  return all;
}

void expect_values(const Values& values, const Values& expected) {
  ASSERT_EQ(values.size(), expected.size());
  for (size_t place = 0; place < values.size(); ++place) EXPECT_NEAR(values[place], expected[place], 1e-9) << place;
}

const Values x = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

TEST(Each, PlacesShareParameters) {
  expect_values(run_two("net net(x: f32[3, 2]) -> f32[3, 1] { x -> each(dense(1)) }",
                        {{"x", x}, {"net/dense1/w", {1, 10}}, {"net/dense1/b", {0.5}}})[0],
                {21.5, 43.5, 65.5, 87.5, 109.5, 131.5});
}

TEST(Each, StepsThatGiveAnotherShapeServePlaces) {
  expect_values(run_two("layer widened(x: f32[n]) { y[i, j] = x[j] + i for i in 2 }\n"
                        "net net(x: f32[3, 1]) -> f32[3, 2] { x -> each(widened -> flatten -> each(exp)) }",
                        {{"x", {0, 1, 2, 3, 4, 5}}})[0],
                {1, std::exp(1), std::exp(1), std::exp(2), std::exp(2), std::exp(3), std::exp(3), std::exp(4),
                 std::exp(4), std::exp(5), std::exp(5), std::exp(6)});
}

TEST(Each, RecurrencesRunWithinAPlace) {
  expect_values(run_two("layer total(x: f32[n]) { h[s] = x[s] + h[s - 1 else 0] }\n"
                        "net net(x: f32[3, 2]) -> f32[3, 2] { x -> each(total) }",
                        {{"x", x}})[0],
                {1, 3, 3, 7, 5, 11, 7, 15, 9, 19, 11, 23});
  expect_values(run_two("layer total(x: f32[n]) { h[s] = x[s] + h[s - 1 else 0] }\n"
                        "net net(x: f32[3, 2]) -> f32[3, 2] { x -> each(from_end(total)) }",
                        {{"x", x}})[0],
                {3, 2, 7, 4, 11, 6, 15, 8, 19, 10, 23, 12});
}

TEST(Each, TheMeanOfTheBatchIsThatOfAllPlaces) {
  expect_values(run_two("layer centred(x: f32[n]) { y[i] = x[i] - batch_mean(x[i]) }\n"
                        "net net(x: f32[3, 2]) -> f32[3, 2] { x -> each(centred) }",
                        {{"x", x}, {"count", {2}}}, true)[0],
                {-5, -5, -3, -3, -1, -1, 1, 1, 3, 3, 5, 5});
}

TEST(Each, WhatIsTheSameAtAllPlacesIsRepeated) {
  expect_values(run_two("layer own(x: f32[n]) { param w: f32[2] = 0\n y[i] = 2 * w[i] }\n"
                        "net net(x: f32[3, 2]) -> f32[3, 2] { x -> each(own) }",
                        {{"x", x}, {"net/own1/w", {1, 2}}})[0],
                {2, 4, 2, 4, 2, 4});
  expect_values(
      run_two("layer same(x: f32[n]) = x\nnet net(x: f32[3, 2]) -> f32[3, 2] { x -> each(same) }", {{"x", x}})[0], x);
}

TEST(Each, DrawsAreNewAtEachPlace) {
  const Values y = run_two(
      "layer kept(x: f32[n]) { k[i] = uniform(0, 1) for i in 1\n y[i] = x[i] * 0 + k[0] }\n"
      "net net(x: f32[3, 2]) -> f32[3, 2] { x -> each(kept) }",
      {{"x", x}}, true)[0];
  std::set<double> places;
  for (size_t place = 0; place < 6; ++place) {
    EXPECT_EQ(y[2 * place], y[2 * place + 1]);
    places.insert(y[2 * place]);
  }
  EXPECT_EQ(places.size(), 6U);
}

TEST(Each, SharedStepsServePlacesAndWholes) {
  expect_values(
      run_two("net net(x: f32[3, 2]) -> f32[3, 2] { shared tower = dense(2)\n (x -> each(tower)) + (x -> tower) }",
              {{"x", x}, {"net/tower/w", {1, 0, 0, 1}}, {"net/tower/b", {0, 0}}})[0],
      {2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24});
}

}  // namespace
}  // namespace dnnc
