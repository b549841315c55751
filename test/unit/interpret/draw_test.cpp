#include <gtest/gtest.h>

#include <cmath>

#include "compiler/interpret/interpret.h"
#include "runtime/program/philox.h"
#include "test/unit/graph_text.h"

namespace dnnc {
namespace {

using runtime::philox;

/// The known answers published with Random123 (kat_vectors, philox4x32 with 10 rounds).
TEST(Philox, GivesTheKnownAnswers) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (std::array<uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
            (std::array<uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (std::array<uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

/// Where each number of draws.md goes in key and counter.
TEST(Draw, CountsSeedStreamStepExampleAndElement) {
  Draw draw;
  draw.stream = 0x123456789abcdef0u;
  auto words = philox({11, 0, 5, 3}, {42u ^ 0x9abcdef0u, 0x12345678});
  EXPECT_EQ(draw_value(draw, 42, 3, 5, 11), (words[0] >> 8) / 16777216.0);
  words = philox({11, 0, 5, 3}, {42u ^ 0x9abcdef0u, 7u ^ 0x12345678u});
  EXPECT_EQ(draw_value(draw, (uint64_t{7} << 32) + 42, 3, 5, 11), (words[0] >> 8) / 16777216.0);
  words = philox({11, 0, 5, 3}, {42u ^ 0x9abcdef0u, 0x12345678});
  draw.distribution = Distribution::Normal;
  draw.a = 1;
  draw.b = 2;
  double radius = std::sqrt(-2 * std::log(((words[0] >> 8) + 1) / 16777216.0));
  EXPECT_DOUBLE_EQ(draw_value(draw, 42, 3, 5, 11),
                   1 + 2 * radius * std::cos(6.283185307179586 * ((words[1] >> 8) / 16777216.0)));
}

struct Moments {
  double mean = 0, variance = 0;
};
Moments moments(const std::string& distribution) {
  Graph graph = graph_of("%seed: int = setting \"seed\"\n%step: int = setting \"step\"\n%y[n: batch 40, i: 500] = " +
                         distribution + ", stream: 9, seed: %seed, step: %step, example: n, element: i)\n");
  Values values = interpret(graph, {{"seed", {1}}, {"step", {2}}})[NodeId{2}];
  Moments result;
  for (double value : values) result.mean += value / values.size();
  for (double value : values) result.variance += (value - result.mean) * (value - result.mean) / values.size();
  return result;
}

TEST(Draw, HasTheMomentsOfItsDistribution) {
  Moments uniform = moments("uniform(-1, 3");
  EXPECT_NEAR(uniform.mean, 1, 0.03);
  EXPECT_NEAR(uniform.variance, 16.0 / 12, 0.03);
  Moments normal = moments("normal(2, 0.5");
  EXPECT_NEAR(normal.mean, 2, 0.02);
  EXPECT_NEAR(normal.variance, 0.25, 0.01);
  Moments bernoulli = moments("bernoulli(0.9");
  EXPECT_NEAR(bernoulli.mean, 0.9, 0.01);
  EXPECT_NEAR(bernoulli.variance, 0.09, 0.01);
}

}  // namespace
}  // namespace dnnc
