#include "compiler/ir/affine.h"
#include "test/unit/sema/elaborated.h"

namespace dnnc {
namespace {

using Errors = std::vector<std::string>;

TEST(Heads, TheResultMustFit) {
  EXPECT_EQ(Elaborated("net net(x: f32[6]) -> class[3] { x -> dense(4) }").errors(),
            (Errors{"E0212 the result does not fit its head @ x -> dense(4)"}));
}

TEST(Heads, AnArrayOfOneIsANumber) {
  Elaborated net("net net(x: f32[6]) -> prob { x -> dense(1) }");
  ASSERT_EQ(net.results.size(), 1u);
  EXPECT_TRUE(net.results[0].info.shape.empty());
  EXPECT_EQ(net.results[0].info.head, Head::Probability);
  EXPECT_EQ(net.line("net"), "%net[n: batch 2] = %net/dense1/z[n, 0]");
}

TEST(Heads, SeveralResultsHaveNames) {
  Elaborated net(
      "net net(x: f32[6]) -> (sex: prob, age: real, kind: class[3][2]) {\n"
      "  x -> dense(1), x -> dense(1), reshape(x, [2, 3])\n}");
  ASSERT_EQ(net.results.size(), 3u);
  EXPECT_EQ(net.results[2].info.name, "kind");
  EXPECT_EQ(net.results[2].info.classes, 3);
  EXPECT_EQ(net.results[2].info.shape, (std::vector<int64_t>{2, 3}));
}

TEST(Heads, ALinkIsNotAppliedTwice) {
  EXPECT_EQ(Elaborated("net net(x: f32[6]) -> class[3] { x -> dense(3) -> softmax }").errors(),
            (Errors{"E0221 the softmax would be applied twice @ x -> dense(3) -> softmax"}));
  EXPECT_EQ(
      Elaborated("function mine(v) = 1 / (1 + exp(-v))\nnet net(x: f32[6]) -> prob { x -> dense(1) -> mine }").errors(),
      (Errors{"E0221 the sigmoid would be applied twice @ x -> dense(1) -> mine"}));
  EXPECT_EQ(Elaborated("net net(x: f32[6]) -> real { x -> dense(1, sigmoid) }").errors(), Errors{});
}

TEST(States, AreAssignedInTrainingOnly) {
  const std::string text = "net net(x: f32[3]) -> f32[3] { state m: f32[3] = 0; m = batch_mean(x); x + m }";
  Elaborated training(text);
  EXPECT_EQ(training.line("net/m.batch_mean"),
            "%net/m.batch_mean[d1: 3] = sum[n: batch 2](select(n < %count, %x[n, d1], 0) / %count)");
  EXPECT_TRUE(training.elaboration.parameters[0].updated.valid());
  EXPECT_EQ(training.line("net"), "%net[n: batch 2, d1: 3] = %x[n, d1] + stop_gradient(%net/m.batch_mean[d1])");
  Elaborated evaluation(text, false);
  EXPECT_EQ(evaluation.line("net"), "%net[n: batch 2, d1: 3] = %x[n, d1] + %net/m[d1]");
  EXPECT_FALSE(evaluation.elaboration.parameters[0].updated.valid());
}

TEST(States, MayNotDependOnOneExample) {
  EXPECT_EQ(Elaborated("net net(x: f32[3]) -> f32[3] { state m: f32[3] = 0; m = x; x + m }").errors(),
            (Errors{"E0404 the value of a state may not depend on one example @ x"}));
}

TEST(BatchMeans, CountTheExamplesOfTheBatch) {
  Elaborated net("net net(x: f32[3]) -> f32 { batch_mean(x[0]) }", true, 7);
  EXPECT_EQ(net.line("net/batch_mean"), "%net/batch_mean = sum[n: batch 7](select(n < %count, %x[n, 0], 0) / %count)");
}

TEST(Draws, StandInIndexFormulas) {
  EXPECT_EQ(Elaborated("net net(x: f32[3]) -> f32[3] { x * uniform(0, 1) }").errors(),
            (Errors{"E0402 `uniform` stands outside an index formula: it would have no elements @ uniform(0, 1)"}));
  EXPECT_EQ(Elaborated("net net(x: f32[3]) -> f32[3] { y[i] = x[i] * uniform(0, x[i]) }").errors(), Errors{});
}

TEST(Draws, AreNewForEachUseExampleAndElement) {
  Elaborated net("net net(x: f32[3, 5]) -> f32[3, 5] { y[i, j] = x[i, j] * uniform(0, 1) + uniform(0, 1); y }");
  std::vector<Draw> draws;
  for (NodeId node : node_ids(net.graph))
    if (const auto* made = std::get_if<Comprehension>(&net.graph[node].kind))
      for_each(made->body, [&](const Expression& part) {
        if (const auto* draw = std::get_if<Draw>(&part.kind)) draws.push_back(*draw);
      });
  ASSERT_EQ(draws.size(), 2u);
  EXPECT_NE(draws[0].stream, draws[1].stream);
  EXPECT_EQ(value_at(draws[0].element, {0, 2, 4}), 14);
  EXPECT_EQ(value_at(draws[0].example, {1, 2, 4}), 1);
}

TEST(Parameters, ThatNothingReadsDoNotExist) {
  Elaborated net("net net(x: f32[3]) -> f32[3] { param w: f32[3] = 1, unread: f32[5] = 0\n x * w }");
  EXPECT_EQ(net.parameter_paths(), (std::vector<std::string>{"net/w"}));
}

TEST(Parameters, StandOutsideIndexFormulas) {
  EXPECT_EQ(Elaborated("layer f(v) { param w: f32 = 1\n v * w }\nnet net(x: f32[3]) -> f32[3] { y[i] = f(x[i]); y }")
                .errors(),
            (Errors{"E0313 a layer with parameters is used outside index formulas @ w: f32 = 1"}));
}

TEST(Parameters, StartFromConstantsAndDraws) {
  EXPECT_EQ(Elaborated("net net(x: f32[3]) -> f32[3] { param w: f32[3] = x\n x * w }").errors(),
            (Errors{"E0404 a starting value may not depend on an example @ x"}));
  EXPECT_EQ(Elaborated("net net(x: f32[3]) -> f32[3] { param w: f32[3] = [1, 2, 3]\n x * w }").errors(), Errors{});
}

TEST(Names, HaveOneMeaning) {
  EXPECT_EQ(Elaborated("net net(x: f32[3]) -> f32[3] { y = x; y = x + 1; y }").errors(),
            (Errors{"E0202 `y` has a meaning already @ y"}));
  EXPECT_EQ(Elaborated("layer f(n, x: f32[m], m) = x\nnet net(x: f32[3]) -> f32[3] { x }").errors(),
            (Errors{"E0202 `m` has a meaning already @ m"}));
  EXPECT_EQ(Elaborated("net net(x: f32[3]) -> f32[3] { y = z; z = x; y }").errors(),
            (Errors{"E0203 `z` is read before it is defined @ z"}));
}

TEST(Names, OfAStudentHideThoseOfTheLibraryButNotForTheLibrary) {
  Elaborated net(
      "activation relu(x) = x * 3\nactivation sigmoid(x) = x * 5\n"
      "net net(x: f32[3]) -> f32[3] { (x -> relu) + (x -> sigmoid) + (x -> swish) }");
  EXPECT_EQ(net.line("net"),
            "%net[n: batch 2, d1: 3] = %x[n, d1] * 3 + %x[n, d1] * 5 + %x[n, d1] * sigmoid(%x[n, d1])");
}

TEST(Names, ThatAreUnknownAreSuggested) {
  Elaborated net("net net(x: f32[3]) -> f32[3] { x -> dense(3, rlu) }");
  EXPECT_EQ(net.rendered(),
            "error[E0201]: `rlu` is not defined\n"
            "  test.dnn:2:46 | net net(x: f32[3]) -> f32[3] { x -> dense(3, rlu) }\n"
            "                |                                              ^^^\n"
            "  help: did you mean `relu`?\n");
}

TEST(Names, ThatAreUnknownAreFoundInWhatNothingUses) {
  EXPECT_EQ(Elaborated("layer g(x: f32[n], pad: valid | same = valid) {\n  y = (x -> dens(3, act: rlu)) + widht\n"
                       "  if pad == same: y else: x * nothing\n}\nnet net(x: f32[3]) -> f32[3] { x }")
                .errors(),
            (Errors{"E0201 `dens` is not defined @ dens", "E0201 `widht` is not defined @ widht"}));
}

TEST(Bodies, HoldWhatTheirKindAllows) {
  EXPECT_EQ(Elaborated("loss l(x: f32[n], t: f32[n]) { param w: f32[n] = 0; sum(w) }\n"
                       "function f(x) = batch_mean(x) + training\nnet net(x: f32[6]) -> f32[6] { x }")
                .errors(),
            (Errors{"E0401 a loss holds no `param` @ param w: f32[n] = 0",
                    "E0410 `batch_mean` has no meaning in a function @ batch_mean",
                    "E0410 `training` has no meaning in a function @ training"}));
  EXPECT_EQ(Elaborated("net net(x: f32[6]) -> f32[6] { param w: f32[6] = 0 }").errors(),
            (Errors{"E0406 `net` gives no result @ param w: f32[6] = 0"}));
}

TEST(Bodies, ExpectIsCheckedAtEveryUse) {
  Elaborated net(
      "layer f(x: f32[n], d, heads) { expect d % heads == 0; x * d }\n"
      "net net(x: f32[6]) -> f32[6] { x -> f(64, 4) -> f(64, 5) }");
  EXPECT_EQ(net.rendered(),
            "error[E0211]: `d % heads == 0` does not hold\n"
            "  test.dnn:2:39 | layer f(x: f32[n], d, heads) { expect d % heads == 0; x * d }\n"
            "                |                                       ^^^^^^^^^^^^^^ d = 64, heads = 5\n"
            "  note: f(64, 5) used at test.dnn:3:49; there n = 6\n");
}

TEST(Functions, OfNumbersApplyElementByElement) {
  Elaborated net(
      "function gap(a, b) = if a > b: a - b else: 0\n"
      "net net(x: f32[3], y: f32[3]) -> f32[3] { gap(x, y) + gap(x, 1) }");
  EXPECT_EQ(net.line("net"),
            "%net[n: batch 2, d1: 3] = select(%y[n, d1] < %x[n, d1], %x[n, d1] - %y[n, d1], 0) + "
            "select(1 < %x[n, d1], %x[n, d1] - 1, 0)");
  EXPECT_EQ(Elaborated("function gap(a, b) = a - b\nnet net(x: f32[3], y: f32[4]) -> f32[3] { gap(x, y) }").errors(),
            (Errors{"E0207 `gap` needs equal shapes @ x"}));
}

TEST(Functions, MayStateTheirDerivative) {
  Elaborated net(
      "activation sgn(x) = if x >= 0: 1 else: 0  derivative 1 - x\nnet net(x: f32[3]) -> f32[3] { x -> sgn }");
  EXPECT_EQ(net.line("net"),
            "%net[n: batch 2, d1: 3] = overridden(select(0 <= %x[n, d1], 1, 0), argument: %x[n, d1], "
            "derivative: 1 - %x[n, d1])");
}

TEST(Choices, BothSidesHaveOneType) {
  EXPECT_EQ(Elaborated("net net(x: f32[6]) -> f32[6] { if x[0] > 0: x else: 0 }").errors(),
            (Errors{"E0219 both sides of `if` need one type @ 0"}));
}

TEST(Labels, MayBeWholeConstants) {
  EXPECT_EQ(Elaborated("net net(x: f32[3]) -> f32 { crossentropy(x, 2) + crossentropy([1, 0, 0], 0) }").errors(),
            Errors{});
  EXPECT_EQ(Elaborated("net net(x: f32[3]) -> f32 { crossentropy(x, 3) }").errors(),
            (Errors{"E0206 `label` must be a label of class[3]: a whole number from 0 to 2 @ 3"}));
}

}  // namespace
}  // namespace dnnc
