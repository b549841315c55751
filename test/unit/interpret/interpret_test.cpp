#include "compiler/interpret/interpret.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "compiler/support/check.h"
#include "test/unit/graph_text.h"

namespace dnnc {
namespace {

/// The values of node %y.
Values values_of(const std::string& text, const Inputs& inputs = {}) {
  Graph graph = graph_of(text);
  return interpret(graph, inputs)[node_named(graph, "y")];
}

Values counting(size_t count) {
  Values values(count);
  std::iota(values.begin(), values.end(), 0);
  return values;
}

TEST(Interpret, SumsProductsOfTwoLoads) {
  EXPECT_EQ(values_of("%x[n: batch 2, i: 2] = field \"x\"\n%w[i: 2, j: 3] = parameter \"w\"\n"
                      "%y[n: batch 2, j: 3] = sum[i: 2](%x[n, i] * %w[i, j])\n",
                      {{"x", {1, 2, 3, 4}}, {"w", {1, 2, 3, 4, 5, 6}}}),
            (Values{9, 12, 15, 19, 26, 33}));
}

TEST(Interpret, ReadsElseOutside) {
  EXPECT_EQ(
      values_of("%x[i: 3] = parameter \"x\"\n%y[i: 4] = sum[d: 3](%x[2*i + d - 2 else 10])\n", {{"x", {1, 2, 3}}}),
      (Values{21, 6, 23, 30}));
}

TEST(Interpret, DividesIndices) {
  EXPECT_EQ(values_of("%x[i: 6] = parameter \"x\"\n%y[i: 7] = %x[i // 2 + 2*(i % 2)] + index(10*(i // 2 % 2))\n",
                      {{"x", counting(6)}}),
            (Values{0, 2, 11, 13, 2, 4, 13}));
}

TEST(Interpret, ReducesInEveryWay) {
  const std::string x = "%x[i: 2, k: 3] = parameter \"x\"\n";
  const Inputs inputs = {{"x", {1, 4, 4, -2, 0, -2}}};
  EXPECT_EQ(values_of(x + "%y[i: 2] = sum[k: 3](%x[i, k])\n", inputs), (Values{9, -4}));
  EXPECT_EQ(values_of(x + "%y[i: 2] = product[k: 3](%x[i, k])\n", inputs), (Values{16, 0}));
  EXPECT_EQ(values_of(x + "%y[i: 2] = max[k: 3](%x[i, k])\n", inputs), (Values{4, 0}));
  EXPECT_EQ(values_of(x + "%y[i: 2] = min[k: 3](%x[i, k])\n", inputs), (Values{1, -2}));
}

TEST(Interpret, TakesTheFirstOfEqualMaxima) {
  const std::string x = "%x[i: 2, k: 3] = parameter \"x\"\n";
  const Inputs inputs = {{"x", {1, 4, 4, -2, 0, -2}}};
  EXPECT_EQ(values_of(x + "%y[i: 2] = argmax[k: 3](%x[i, k])\n", inputs), (Values{1, 1}));
  EXPECT_EQ(values_of(x + "%y[i: 2] = argmin[k: 3](%x[i, k])\n", inputs), (Values{0, 0}));
  EXPECT_EQ(values_of(x + "%y = argmax[i: 2, k: 3](-%x[i, k])\n", inputs), (Values{3}));
}

TEST(Interpret, ShowsANanInAMaximumButNotOneThatIsNotTaken) {
  const std::string x = "%x[k: 3] = parameter \"x\"\n";
  const Inputs inputs = {{"x", {1, std::nan(""), 2}}};
  EXPECT_TRUE(std::isnan(values_of(x + "%y = max[k: 3](%x[k])\n", inputs)[0]));
  EXPECT_TRUE(std::isnan(values_of(x + "%y[k: 3] = max(%x[k], 0)\n", inputs)[1]));
  EXPECT_EQ(values_of(x + "%y[k: 3] = select(k == 1, 7, %x[k])\n", inputs), (Values{1, 7, 2}));
  EXPECT_EQ(values_of(x + "%y[k: 3] = not k == 1 and %x[k]\n", inputs), (Values{1, 0, 1}));
}

TEST(Interpret, ReadsAtLabels) {
  EXPECT_EQ(values_of("%word[n: batch 3]: class[4] = field \"word\"\n%table[w: 4, k: 2] = parameter \"table\"\n"
                      "%y[n: batch 3, k: 2] = %table[@(%word[n]), k]\n",
                      {{"word", {3, 0, 3}}, {"table", counting(8)}}),
            (Values{6, 7, 0, 1, 6, 7}));
}

TEST(Interpret, RefusesALabelThatIsNone) {
  const std::string text = "%word: class[4] = state \"word\"\n%x[w: 4] = parameter \"x\"\n%y = %x[@(%word)]\n";
  EXPECT_EQ(values_of(text, {{"word", {3}}, {"x", counting(4)}}), Values{3});
  for (double wrong : {-1.0, 4.0, 0.5, std::nan("")})
    EXPECT_THROW(values_of(text, {{"word", {wrong}}, {"x", counting(4)}}), InternalError);
}

TEST(Interpret, RunsRecurrencesInOrder) {
  const std::string x = "%x[t: 4] = parameter \"x\"\n";
  const Inputs inputs = {{"x", {1, 2, 3, 4}}};
  EXPECT_EQ(values_of(x + "recurrence 4 forward along %c[t], %y[t]\n"
                          "%c[t: 4] = %y[t - 1 else 5] + %x[t]\n%y[t: 4] = 2 * %c[t] + %c[t - 1 else 0]\n",
                      inputs),
            (Values{12, 34, 88, 221}));
  EXPECT_EQ(values_of(x + "recurrence 4 backward along %y[t]\n%y[t: 4] = %y[t + 1 else 0] + %x[t]\n", inputs),
            (Values{10, 9, 7, 4}));
}

TEST(Interpret, RunsARecurrenceAlongAnInnerAxis) {
  EXPECT_EQ(values_of("%x[k: 2, t: 3] = parameter \"x\"\nrecurrence 3 forward along %y[t]\n"
                      "%y[k: 2, t: 3] = sum[j: 2](%y[j, t - 1 else 1] + %x[k, t] / 2)\n",
                      {{"x", {0, 0, 0, 1, 1, 1}}}),
            (Values{2, 5, 11, 3, 6, 12}));
}

TEST(Interpret, KeepsRowMajorOrderInReshapes) {
  EXPECT_EQ(values_of("%x[i: 2, k: 3] = parameter \"x\"\n%z[i: 6] = reshape %x\n%y[i: 6] = %z[i] * i\n",
                      {{"x", {1, 2, 3, 4, 5, 6}}}),
            (Values{0, 2, 6, 12, 20, 30}));
}

TEST(Interpret, CoversSizesAroundItsBlocks) {
  for (int64_t size : {1, 2, 7, 255, 256, 257, 513, 1009}) {
    std::string axis = "[i: " + std::to_string(size) + "]";
    Values values =
        values_of("%x" + axis + " = parameter \"x\"\n%y = sum" + axis + "(%x[i])\n", {{"x", counting(size)}});
    EXPECT_EQ(values[0], size * (size - 1) / 2.0);
  }
  Values values = values_of("%y[i: 13, j: 41] = sum[k: 3](k * i + 0 * j)\n");
  for (size_t place = 0; place < values.size(); ++place) EXPECT_EQ(values[place], 3.0 * (place / 41));
}

TEST(Interpret, AsksForEveryInput) {
  const std::string text = "%x[i: 2] = parameter \"x\"\n%y[i: 2] = %x[i]\n";
  EXPECT_THROW(values_of(text), InternalError);
  EXPECT_THROW(values_of(text, {{"x", {1}}}), InternalError);
}

TEST(Interpret, RefusesGradients) {
  EXPECT_THROW(values_of("%x = parameter \"x\"\n%loss = %x ^ 2\n%y = gradient of %loss by %x\n", {{"x", {1}}}),
               InternalError);
}

}  // namespace
}  // namespace dnnc
