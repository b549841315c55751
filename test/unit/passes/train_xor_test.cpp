#include <gtest/gtest.h>

#include "compiler/interpret/train.h"
#include "compiler/passes/passes.h"
#include "test/unit/graph_text.h"

namespace dnnc {
namespace {

const char* const initial =
    "%seed: int = setting \"seed\"\n%step: int = setting \"step\"\n"
    "%w1[i: 2, j: 4] = uniform(-1, 1, stream: 1, seed: %seed, step: %step, example: 0, element: 4*i + j)\n"
    "%b1[j: 4] = 0\n"
    "%w2[j: 4] = uniform(-1, 1, stream: 2, seed: %seed, step: %step, example: 0, element: j)\n"
    "%b2 = 0\n"
    "output value \"w1\" = %w1\noutput value \"b1\" = %b1\noutput value \"w2\" = %w2\noutput value \"b2\" = %b2\n";

const char* const train =
    "%x[n: batch 4, i: 2] = field \"x\"\n%y[n: batch 4] = field \"y\"\n"
    "%w1[i: 2, j: 4] = parameter \"w1\"\n%b1[j: 4] = parameter \"b1\"\n"
    "%w2[j: 4] = parameter \"w2\"\n%b2 = parameter \"b2\"\n%w2.average[j: 4] = average \"w2.average\"\n"
    "%rate_scale = setting \"rate_scale\"\n%step: int = setting \"step\"\n"
    "%z1[n: batch 4, j: 4] = sum[i: 2](%x[n, i] * %w1[i, j])\n"
    "%h[n: batch 4, j: 4] = sigmoid(%z1[n, j] + %b1[j])\n"
    "%z2[n: batch 4] = sum[j: 4](%h[n, j] * %w2[j])\n"
    "%o[n: batch 4] = sigmoid(%z2[n] + %b2)\n"
    "%loss = sum[n: batch 4]((%o[n] - %y[n]) ^ 2 / 4)\n"
    "%d_w1[i: 2, j: 4] = gradient of %loss by %w1\n%d_b1[j: 4] = gradient of %loss by %b1\n"
    "%d_w2[j: 4] = gradient of %loss by %w2\n%d_b2 = gradient of %loss by %b2\n"
    "%rate = select(%step <= 2000, 10, 5) * %rate_scale\n"
    "%new_w1[i: 2, j: 4] = %w1[i, j] - %rate * %d_w1[i, j]\n%new_b1[j: 4] = %b1[j] - %rate * %d_b1[j]\n"
    "%new_w2[j: 4] = %w2[j] - %rate * %d_w2[j]\n%new_b2 = %b2 - %rate * %d_b2\n"
    "%new_average[j: 4] = 0.9 * %w2.average[j] + 0.1 * %new_w2[j]\n"
    "output loss \"loss\" = %loss\n"
    "output update \"w1\" = %new_w1 into %w1\noutput update \"b1\" = %new_b1 into %b1\n"
    "output update \"w2\" = %new_w2 into %w2\noutput update \"b2\" = %new_b2 into %b2\n"
    "output update \"w2.average\" = %new_average into %w2.average\n";

ReferenceTraining train_xor(int64_t steps) {
  Graph graph = graph_of(train);
  for (const Pass& pass : graph_passes()) graph = pass.run(std::move(graph));
  Inputs examples = {{"x", {0, 0, 0, 1, 1, 0, 1, 1}}, {"y", {0, 1, 1, 0}}};
  return reference_train(graph, reference_start(graph_of(initial), 42), {examples}, steps, 42);
}

TEST(TrainXor, Converges) {
  ReferenceTraining training = train_xor(3000);
  ASSERT_EQ(training.losses.size(), 3000u);
  EXPECT_GT(training.losses.front(), 0.2);
  EXPECT_LT(training.losses.back(), 0.001);
  for (size_t j = 0; j < 4; ++j)
    EXPECT_NEAR(training.kept.at("w2.average")[j], training.kept.at("w2")[j], 0.1) << "the average lags behind";
}

TEST(TrainXor, StartsAverageAtTheParameter) {
  Inputs start = reference_start(graph_of(initial), 42);
  ReferenceTraining training = train_xor(1);
  double moved = training.kept.at("w2")[0] - start.at("w2")[0];
  EXPECT_NE(moved, 0);
  EXPECT_NEAR(training.kept.at("w2.average")[0], start.at("w2")[0] + 0.1 * moved, 1e-12);
}

}  // namespace
}  // namespace dnnc
