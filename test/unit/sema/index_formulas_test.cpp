#include "test/unit/sema/elaborated.h"

namespace dnnc {
namespace {

using Errors = std::vector<std::string>;

TEST(IndexFormulas, AReductionBindsTheIndicesOutsideInnerOnes) {
  Elaborated net("net net(a: f32[4, 5], b: f32[5, 3]) -> f32[4] { y[i] = sum(a[i, k] * max(b[k, j])) }");
  EXPECT_EQ(net.line("net/y.max"), "%net/y.max[n: batch 2, k: 5] = max[j: 3](%b[n, k, j])");
  EXPECT_EQ(net.line("net/y"), "%net/y[n: batch 2, i: 4] = sum[k: 5](%a[n, i, k] * %net/y.max[n, k])");
}

TEST(IndexFormulas, ForNamesWhatTheReductionBinds) {
  Elaborated net("net net(b: f32[5, 3]) -> f32 { sum(max(b[k, j]) for k) }");
  EXPECT_EQ(net.line("net.max"), "no %net.max in\n" + print(net.graph));
  EXPECT_EQ(net.line("net/max"), "%net/max[n: batch 2, k: 5] = max[j: 3](%b[n, k, j])");
}

TEST(IndexFormulas, AMeanDividesOnceOutsideItsSum) {
  Elaborated net("net net(x: f32[7, 3]) -> f32[7] { y[i] = mean(x[i, j]) }");
  EXPECT_EQ(net.line("net/y"), "%net/y[n: batch 2, i: 7] = %net/y.mean[n, i] / 3");
}

TEST(IndexFormulas, AWholeArrayIsReducedOverAllItsElements) {
  Elaborated net("net net(x: f32[7, 3], y: f32[7, 3]) -> f32 { sum((x - y)^2) }");
  EXPECT_EQ(net.line("net/sum"), "%net/sum[n: batch 2] = sum[d1: 7, d2: 3]((%x[n, d1, d2] - %y[n, d1, d2]) ^ 2)");
}

TEST(IndexFormulas, AReductionOfOneNumberBindsNothing) {
  EXPECT_EQ(Elaborated("net net(x: f32[3]) -> f32 { mean(x[0]) }").errors(),
            (Errors{"E0303 `mean` has nothing to run over: its argument is one number @ mean(x[0])"}));
}

TEST(IndexFormulas, AnIndexInOneFactorOnlyIsASlip) {
  EXPECT_EQ(Elaborated("net net(x: f32[5], w: f32[4]) -> f32 { sum(x[i] * w[j]) }").errors(),
            (Errors{"E0304 the index `i` occurs in one factor of this product only @ i"}));
  EXPECT_EQ(Elaborated("net net(x: f32[5], w: f32[4]) -> f32 { sum(x[i] * w[j] for i, j) }").errors(), Errors{});
  EXPECT_EQ(Elaborated("net net(x: f32[5]) -> f32 { sum(2 * x[i]) }").errors(), Errors{});
}

TEST(IndexFormulas, PlacesOfAnIndexMustAgree) {
  EXPECT_EQ(Elaborated("net net(x: f32[5], w: f32[6]) -> f32 { sum(x[i] * w[i]) }").errors(),
            (Errors{"E0302 the places of the index `i` have different sizes @ i"}));
  EXPECT_EQ(Elaborated("net net(x: f32[5], w: f32[6]) -> f32 { sum(x[i] * w[i] for i in 5) }").errors(), Errors{});
}

TEST(IndexFormulas, ARangeComesFromTheDeclaredType) {
  Elaborated net(
      "layer rows(x: f32[n]) -> f32[3, n] { y[i, j] = x[j] * i }\n"
      "net net(x: f32[7]) -> f32[3, 7] { x -> rows }");
  EXPECT_EQ(net.line("net/rows1/y"), "%net/rows1/y[n: batch 2, i: 3, j: 7] = %x[n, j] * i");
}

TEST(IndexFormulas, AnIndexThatStopsBeforeItsAxisMakesAnArrayOfItsOwn) {
  Elaborated net("net net(x: f32[3, 4]) -> f32[6] { y[i, j] = x[i, j] for j in 2\n y -> flatten }");
  EXPECT_EQ(net.errors(), Errors{});
  EXPECT_EQ(net.line("net/flatten1/reshaped"), "%net/flatten1/reshaped[n: batch 2, i: 3, j: 2] = %x[n, i, j]");
}

TEST(IndexFormulas, APlaceWithElseGivesNoRange) {
  EXPECT_EQ(Elaborated("net net(x: f32[7]) -> f32[7] { y[i] = x[i else 0]\n y }").errors(),
            (Errors{"E0301 give a range for `i` @ i"}));
}

TEST(IndexFormulas, ReadsOutsideAreFound) {
  EXPECT_EQ(Elaborated("net net(x: f32[6]) -> f32[6] { y[i] = x[i + 1] }").errors(),
            (Errors{"E0307 `x` is read outside: at 1 to 6, where it has 0 to 5 @ i + 1"}));
  EXPECT_EQ(Elaborated("net net(x: f32[6]) -> f32[5] { y[i] = x[i + 1] }").errors(), Errors{});
}

TEST(IndexFormulas, IfDoesNotHelpAReadOutside) {
  EXPECT_EQ(Elaborated("net net(x: f32[6]) -> f32[6] { y[i] = if i < 5: x[i + 1] else: 0 }").errors(),
            (Errors{"E0307 `x` is read outside: at 1 to 6, where it has 0 to 5 @ i + 1"}));
}

TEST(IndexFormulas, ElseIsReadOutsideAndLeftOutWhereNothingIs) {
  Elaborated net("net net(x: f32[6]) -> f32[6] { y[i] = x[i - 1 else 3] * x[5 - i else 1] }");
  EXPECT_EQ(net.line("net/y"), "%net/y[n: batch 2, i: 6] = %x[n, i - 1 else 3] * %x[n, 5 - i]");
}

TEST(IndexFormulas, AQuotientMustDivideTheRange) {
  EXPECT_EQ(Elaborated("net net(x: f32[6]) -> f32[7] { y[i] = x[i // 2] }").errors(),
            (Errors{"E0312 2 does not divide the range of `i`, which is 7 @ i // 2"}));
}

TEST(IndexFormulas, ALabelIsASubscriptIfItFits) {
  Elaborated net("net net(x: f32[8], c: class[7]) -> f32 { x[c] }");
  EXPECT_EQ(net.line("net"), "%net[n: batch 2] = %x[n, @(%c[n])]");
  EXPECT_EQ(Elaborated("net net(x: f32[6], c: class[7]) -> f32 { x[c] }").errors(),
            (Errors{"E0309 a label of 7 classes does not fit 6 places @ c"}));
  EXPECT_EQ(Elaborated("net net(x: f32[8], c: int) -> f32 { x[c] }").errors(),
            (Errors{"E0306 a subscript is a sum of indices and constants, or a class value by itself @ c"}));
}

TEST(IndexFormulas, AnIndexIsANumberOutsideSubscripts) {
  Elaborated net("net net(x: f32[6, 6]) -> f32[6, 6] { y[i, j] = if j <= i: x[i, j] * (i // 2 + j % 2) else: -1 }");
  EXPECT_EQ(net.line("net/y"),
            "%net/y[n: batch 2, i: 6, j: 6] = select(j <= i, %x[n, i, j] * index(i // 2 + j % 2), -1)");
}

TEST(IndexFormulas, AnArrayIsNoElement) {
  EXPECT_EQ(Elaborated("net net(x: f32[8]) -> f32[8] { y[i] = x + x[i] }").errors(),
            (Errors{"E0311 an element is one number, this is an array @ x"}));
}

TEST(IndexFormulas, SubscriptsAreCounted) {
  EXPECT_EQ(Elaborated("net net(x: f32[8, 2]) -> f32 { sum(x[i]) }").errors(),
            (Errors{"E0308 `x` has 2 axes, 1 subscript is given @ x[i]"}));
}

TEST(IndexFormulas, AnIndexHasNoOtherMeaning) {
  EXPECT_EQ(Elaborated("net net(x: f32[6]) -> f32[6] { i = 3; y[i] = x[i] }").errors(),
            (Errors{"E0202 `i` cannot be an index, it has a meaning already @ i"}));
  EXPECT_EQ(Elaborated("net net(x: f32[6]) -> f32[6] { y = x[i] }").errors(),
            (Errors{"E0305 the index `i` is not bound here @ i"}));
}

TEST(IndexFormulas, DotsAreAnyNumberOfIndices) {
  const std::string layer = "layer norm(x: f32[..., n]) { m[...] = mean(x[..., i]); y[..., i] = x[..., i] - m[...] }\n";
  Elaborated two(layer + "net net(x: f32[7, 3]) -> f32[7, 3] { x -> norm }");
  EXPECT_EQ(two.line("net/norm1/y"), "%net/norm1/y[n: batch 2, e1: 7, i: 3] = %x[n, e1, i] - %net/norm1/m[n, e1]");
  Elaborated one(layer + "net net(x: f32[3]) -> f32[3] { x -> norm }");
  EXPECT_EQ(one.line("net/norm1/y"), "%net/norm1/y[n: batch 2, i: 3] = %x[n, i] - %net/norm1/m[n]");
}

TEST(IndexFormulas, ReducingOverDotsThatAreNothingChangesNothing) {
  Elaborated net("function average(x: f32[...]) = mean(x[...])\nnet net(x: f32[3]) -> f32 { average(x[1]) }");
  EXPECT_EQ(net.errors(), Errors{});
  EXPECT_EQ(net.line("net/average.x"), "%net/average.x[n: batch 2] = %x[n, 1]");
  EXPECT_EQ(net.graph.nodes.size(), 2u);
}

TEST(IndexFormulas, AListIsAnArray) {
  Elaborated net("net net(c: class[2]) -> f32 { y = [1, 40][c] * 2 }");
  EXPECT_EQ(net.line("net/y.array"), "%net/y.array[i: 2] = select(i < 1, 1, 40)");
  EXPECT_EQ(net.line("net/y"), "%net/y[n: batch 2] = %net/y.array[@(%c[n])] * 2");
}

TEST(IndexFormulas, OfAChoiceOnlyTheChosenSideExists) {
  Elaborated net(
      "layer f(x: f32[n], on) { param w: f32[4] = 0\n y[i] = if on == 1: w[i] else: x[i] }\n"
      "net net(x: f32[6]) -> f32[6] { x -> f(0) }");
  EXPECT_EQ(net.errors(), Errors{});
  EXPECT_TRUE(net.parameter_paths().empty());
}

}  // namespace
}  // namespace dnnc
