#include "test/unit/sema/elaborated.h"

namespace dnnc {
namespace {

using Errors = std::vector<std::string>;
using Paths = std::vector<std::string>;

TEST(Chains, UsesAreNumberedByNameWithinTheirBody) {
  Elaborated net("net net(x: f32[6]) -> class[3] { x -> dense(4) -> dense(5, relu) -> dense(3) }");
  EXPECT_EQ(net.parameter_paths(),
            (Paths{"net/dense1/w", "net/dense1/b", "net/dense2/w", "net/dense2/b", "net/dense3/w", "net/dense3/b"}));
}

TEST(Chains, ARepeatedStepHasSeparateParameters) {
  Elaborated net(
      "net net(x: f32[6]) -> real { x -> dense(6, bias: false) * 2 -> (dense(2, bias: false) -> relu) * 2 as blk"
      " -> dense(1, bias: false) as out }");
  EXPECT_EQ(net.parameter_paths(),
            (Paths{"net/dense1/w", "net/dense2/w", "net/blk1/dense1/w", "net/blk2/dense1/w", "net/out/w"}));
}

TEST(Chains, ASharedStepIsOneUseWithOneSet) {
  Elaborated net(
      "net net(a: f32[6, 6, 1], b: f32[6, 6, 1]) -> prob {\n"
      "  shared tower = conv(3, 3x3, relu) -> flatten -> dense(4)\n"
      "  abs((a -> tower) - (b -> tower)) -> dense(1)\n}");
  EXPECT_EQ(net.parameter_paths(), (Paths{"net/tower/conv1/kernel", "net/tower/conv1/b", "net/tower/dense1/w",
                                          "net/tower/dense1/b", "net/dense1/w", "net/dense1/b"}));
}

TEST(Chains, ASharedLayerMayBeUsedAgainAndAgain) {
  Elaborated net("net net(x: f32[6]) -> real { shared t = dense(6, tanh); x -> t * 3 -> dense(1, bias: false) }");
  EXPECT_EQ(net.parameter_paths(), (Paths{"net/t/w", "net/t/b", "net/dense1/w"}));
}

TEST(Chains, SharedParametersHaveOneShape) {
  Elaborated net("net net(x: f32[6]) -> real { shared t = dense(5); x -> t -> t -> dense(1) }");
  EXPECT_EQ(net.errors(), (Errors{"E0408 the uses of a shared step need parameters of one shape @ dense(5)"}));
}

TEST(Chains, AStepThatWasGivenIsSharedToo) {
  Elaborated net(
      "layer twice(x: f32[d], f) { shared g = f\n x -> g -> g }\n"
      "layer passed(x: f32[d], f) { shared g = f\n x -> twice(g) -> g * 2 }\n"
      "net net(x: f32[2]) -> f32[2] { x -> twice(dense(2)) -> twice(dense(2, tanh) -> layernorm) -> passed(dense(2)) "
      "}");
  EXPECT_EQ(net.errors(), Errors{});
  EXPECT_EQ(net.parameter_paths(),
            (Paths{"net/twice1/g/dense1/w", "net/twice1/g/dense1/b", "net/twice2/g/dense1/w", "net/twice2/g/dense1/b",
                   "net/twice2/g/layernorm1/scale", "net/twice2/g/layernorm1/shift", "net/passed1/g/dense1/w",
                   "net/passed1/g/dense1/b"}));
}

TEST(Chains, ASharedStateIsUpdatedByEveryUse) {
  Elaborated net(
      "net net(a: f32[3], b: f32[3]) -> f32[3] {\n"
      "  shared norm = batchnorm(momentum: 0.5)\n  (a -> norm) + (b -> norm)\n}");
  EXPECT_EQ(net.line("net/norm/average.new.2"),
            "%net/norm/average.new.2[c: 3] = stop_gradient(%net/norm/average.new[c]) + %net/norm/share.2 * "
            "(%net/norm/m.2[c] - stop_gradient(%net/norm/average.new[c]))");
}

TEST(Chains, AStepIsGivenAsAnArgument) {
  Elaborated net(
      "layer add(x: f32[...], inner) = x + (x -> inner)\n"
      "net net(x: f32[6]) -> f32[6] { x -> add(layernorm -> dense(6, tanh)) -> add(dense(6) * 2) -> add(relu) }");
  EXPECT_EQ(net.parameter_paths(),
            (Paths{"net/add1/layernorm1/scale", "net/add1/layernorm1/shift", "net/add1/dense1/w", "net/add1/dense1/b",
                   "net/add2/dense1/w", "net/add2/dense1/b", "net/add2/dense2/w", "net/add2/dense2/b"}));
}

TEST(Chains, AStepIsGivenOn) {
  Elaborated net(
      "layer block(x: f32[n], act) = x -> dense(n, act)\n"
      "net net(x: f32[6]) -> f32[6] { x -> block(leaky_relu(alpha: 0.2)) }");
  EXPECT_EQ(net.line("net/block1/dense1"),
            "%net/block1/dense1[n: batch 2, j: 6] = select(0 < %net/block1/dense1/z[n, j], "
            "%net/block1/dense1/z[n, j], 0.2 * %net/block1/dense1/z[n, j])");
}

TEST(Chains, AWrongArgumentIsNamed) {
  EXPECT_EQ(Elaborated("net net(x: f32[6]) -> class[3] { x -> dense(4, biass: false) -> dense(3) }").errors(),
            (Errors{"E0209 `dense` has no parameter `biass` @ biass"}));
  EXPECT_EQ(Elaborated("net net(x: f32[6]) -> class[3] { x -> dense }").errors(),
            (Errors{"E0209 `dense` needs `m` @ dense"}));
  EXPECT_EQ(Elaborated("net net(x: f32[6]) -> class[3] { x -> dense(3, 3) }").errors(),
            (Errors{"E0204 a step is wanted here: a layer, function or net @ 3"}));
}

TEST(Chains, TwoUsesOfOneNameAreAnError) {
  EXPECT_EQ(Elaborated("net net(x: f32[6]) -> f32[3] { (x -> dense(3) as a) + (x -> dense(3) as a) }").errors(),
            (Errors{"E0409 two uses are named `a` here @ a"}));
}

TEST(Chains, SeveralResultsAreTakenApart) {
  const std::string two = "layer two(x: f32[n]) -> (a: f32[n], b: f32[n]) { x + 1, x * 2 }\n";
  EXPECT_EQ(Elaborated(two + "net net(x: f32[6]) -> f32[6] { a, b = two(x); a - b }").errors(), Errors{});
  EXPECT_EQ(Elaborated(two + "net net(x: f32[6]) -> f32[6] { a, b, c = two(x); a }").errors(),
            (Errors{"E0213 3 names for 2 results @ two(x)"}));
  EXPECT_EQ(Elaborated(two + "net net(x: f32[6]) -> f32[6] { a = two(x); a }").errors(),
            (Errors{"E0213 one name for 2 results @ two(x)"}));
}

TEST(Chains, EndlessUseIsReported) {
  EXPECT_EQ(Elaborated("layer bad(x: f32[n]) = x -> bad\nnet net(x: f32[6]) -> f32[6] { x -> bad }").errors(),
            (Errors{"E0216 definitions use each other more than 100 deep @ x -> bad"}));
}

TEST(Chains, AnErrorInTheLibraryIsShownWhereItIsUsed) {
  EXPECT_EQ(Elaborated("net net(x: f32[6, 5]) -> f32[6, 5] { x -> attention(2) }").errors(),
            (Errors{"E0205 a size must be a whole number of at least 1 @ attention(2)"}));
}

TEST(Chains, ShapesThatDifferAreBothShown) {
  Elaborated net(
      "layer r(x: f32[h, w, c], width = c, stride = 1) {\n"
      "  main = x -> conv(width, 3x3, stride: stride, pad: same)\n  main + x -> relu\n}\n"
      "net net(x: f32[32, 32, 16]) -> real { x -> r(32, stride: 2) -> flatten -> dense(1) }");
  EXPECT_EQ(net.rendered(),
            "error[E0207]: `+` needs equal shapes\n"
            "  test.dnn:4:3 | main + x -> relu\n"
            "               | ^^^^   - f32[32, 32, 16]\n"
            "               | f32[16, 16, 32]\n"
            "  note: r(32, stride: 2) used at test.dnn:6:44; there h = 32, w = 32, c = 16\n");
}

}  // namespace
}  // namespace dnnc
