#include "runtime/run/weights_fit.h"

#include <gtest/gtest.h>

#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

Manifest net(const std::string& key, const std::vector<std::string>& formulas) {
  Manifest manifest;
  manifest.net_key = key;
  int line = 0;
  for (const std::string& text : formulas) manifest.formulas.push_back({text, "n.dnn:" + std::to_string(++line)});
  return manifest;
}

Metadata weights(const std::string& key, const std::vector<std::string>& formulas) {
  return weights_metadata(net(key, formulas), {});
}

TEST(WeightsFit, SaysNothingOfNetsThatAreTheSameOrUnknown) {
  const Manifest manifest = net("a", {"field x: f32[2]", "n = x"});
  EXPECT_EQ(other_formulas(manifest, weights("a", {"field y: f32[2]", "n = y"})), "") << "only names differ";
  EXPECT_EQ(other_formulas(manifest, weights("b", {"n = x", "field x: f32[2]"})), "") << "only the order differs";
  EXPECT_EQ(other_formulas(manifest, {}), "") << "of another program";
  expect_same_fields(manifest, {}, "w");
}

TEST(WeightsFit, SaysWhatIsOtherHereOrThere) {
  const Manifest manifest = net("a", {"field x: f32[2]", "n/z[i: 2] = x[i] + 1", "n/new: class[3] = argmax(x)"});
  EXPECT_EQ(other_formulas(manifest, weights("b", {"field x: f32[2]", "n/z[i: 2] = x[i] + 2", "n/old = 3"})),
            "  n.dnn:2: n/z[i: 2] = x[i] + 1\n    the weights: n/z[i: 2] = x[i] + 2\n"
            "  n.dnn:3: n/new: class[3] = argmax(x)\n    the weights: no such formula\n"
            "  the weights besides: n/old = 3\n");
}

TEST(WeightsFit, RefusesOtherFields) {
  try {
    expect_same_fields(net("a", {"field x: f32[2]"}), weights("b", {"field x: f32[3]", "field y: int"}), "w");
    ADD_FAILURE() << "other fields were taken";
  } catch (const Failure& failure) {
    EXPECT_EQ(std::string(failure.what()),
              "w: these weights were trained on other fields\n  n.dnn:1: field x: f32[2]\n    the weights: field x: "
              "f32[3]\n  the weights besides: field y: int");
  }
}

TEST(WeightsFit, SaysSoMuchAsCanBeRead) {
  std::vector<std::string> formulas;
  for (int k = 0; k < 20; ++k) formulas.push_back("n/a" + std::to_string(k) + " = " + std::string(1000, 'x'));
  const std::string lines = other_formulas(net("a", formulas), weights("b", {"n/b = \x1b[31m"}));
  EXPECT_LT(lines.size(), 8u * 300);
  EXPECT_TRUE(lines.ends_with("  and 13 more\n")) << lines;
  EXPECT_EQ(other_formulas(net("a", {}), weights("b", {"n/b = \x1b[31m"})),
            "  which they are is not known: they are too long to go with weights\n");
  EXPECT_EQ(other_formulas(net("a", {"n/b = 1"}), weights("b", {"n/b = \x1b[31m"})),
            "  n.dnn:1: n/b = 1\n    the weights: n/b = \\x1B[31m\n");
}

TEST(WeightsFit, ComparesPartsByTheirNamesInTheFile) {
  const Manifest manifest = net("a", {"m/body/dense1/z.sum[j: 3] = sum[i: 2](x[i] * m/body/dense1/w[i, j])",
                                      "m/body/dense1[j: 3] = tanh(m/body/dense1/z.sum[j])", "m/body/dense1/inner/y = 2",
                                      "m/body = m/body/dense1[0]", "m/dense1 = m/body"});
  const Metadata same = weights(
      "b", {"n/dense1/z.sum[j: 3] = sum[i: 2](x[i] * n/dense1/w[i, j])", "n/dense1[j: 3] = tanh(n/dense1/z.sum[j])"});
  EXPECT_EQ(other_formulas_of(manifest, same, {{"m/body/dense1/w", "n/dense1/w"}}), "");
  const Metadata other = weights(
      "b", {"n/dense1/z.sum[j: 3] = sum[i: 2](x[i] * n/dense1/w[i, j])", "n/dense1[j: 3] = relu(n/dense1/z.sum[j])"});
  EXPECT_EQ(other_formulas_of(manifest, other, {{"m/body/dense1/w", "n/dense1/w"}}),
            "  n.dnn:2: m/body/dense1[j: 3] = tanh(m/body/dense1/z.sum[j])\n"
            "    the weights: n/dense1[j: 3] = relu(n/dense1/z.sum[j])\n");
}

TEST(WeightsFit, TellsNamesThatStandInOtherPlaces) {
  const DataNames data{{"cat", "dog"}, {"a", "b"}, {{"city", {"x", "y"}}, {"new", {"q"}}}};
  EXPECT_EQ(other_names(data, data).inputs + other_names(data, data).classes, "");
  EXPECT_EQ(other_names(data, {}).inputs, "");
  const NameDifferences found = other_names(data, {{"dog", "cat"}, {"a"}, {{"city", {"x", "y", "z"}}}});
  EXPECT_EQ(found.inputs,
            "  column 1 is `b`, for the weights not there\n  word of `city` 2 is not there, for the weights `z`\n");
  const DataNames raw{{"caf\xe9", "two\nlines"}, {}, {}};
  EXPECT_EQ(other_names(raw, {{"caf\xef\xbf\xbd", "two\\nlines"}, {}, {}}).classes, "") << "as they are written";
  EXPECT_EQ(found.classes, "  class 0 is `cat`, for the weights `dog`\n");
}

}  // namespace
}  // namespace dnnc::runtime
