#include <gtest/gtest.h>

#include "compiler/ir/affine.h"
#include "compiler/ir/graph.h"

namespace dnnc {
namespace {

/// The faults of a text, a line each.
std::string faults_of(const std::string& text) {
  std::string error;
  std::optional<Graph> graph = parse_graph("graph \"test\"\n" + text, error);
  if (!graph) return error;
  std::string faults;
  for (const std::string& fault : verify(*graph)) faults += fault + "\n";
  return faults;
}

const std::string inputs =
    "%s = setting \"s\"\n%x[n: batch 3, i: 4] = field \"x\"\n%w[i: 4, j: 5] = parameter \"w\"\n"
    "%label[n: batch 3]: class[4] = field \"label\"\n%v: int = state \"v\"\n";

TEST(Verify, AcceptsWhatHolds) {
  EXPECT_EQ(faults_of(inputs + "%a[n: batch 3, j: 5] = sum[i: 4](%x[n, i] * %w[i, j])\n"
                               "%b[n: batch 3, k: 7] = %x[n, k // 2] + %x[n, 2*(k % 2) + 1] + %x[n, k - 2 else 0]\n"
                               "%c[n: batch 3, j: 5] = %w[@(%label[n]), j] + %w[@(min(%label[n] + 1, 3)), 4 - j]\n"
                               "%d[j: 5] = sum[n: batch 3](%a[n, j]) \n"
                               "%e[n: batch 3]: class[5] = argmax[j: 5](%a[n, j])\n"
                               "%f[n: batch 3]: class[4] = select(n < 2, 3, %label[n])\n"),
            "");
}

TEST(Verify, ProvesSubscripts) {
  EXPECT_EQ(faults_of(inputs + "%y[i: 4] = %w[i, i + 2]\n"), "%y: reads %w at 2 ... 5 of axis `j`, which has 5\n");
  EXPECT_EQ(faults_of(inputs + "%y[i: 4] = %w[i, i - 1]\n"), "%y: reads %w at -1 ... 2 of axis `j`, which has 5\n");
  EXPECT_EQ(faults_of(inputs + "%y[i: 9] = %w[i // 2, 0]\n"), "%y: reads %w at 0 ... 4 of axis `i`, which has 4\n");
  EXPECT_EQ(faults_of(inputs + "%y[i: 4] = %w[i]\n"), "%y: reads %w with 1 subscripts for 2 axes\n");
  EXPECT_EQ(faults_of(inputs + "%y[i: 4] = %w[i % 3, 3*(i // 3) + i % 3]\n"), "");
}

TEST(Verify, ProvesGathers) {
  EXPECT_EQ(faults_of(inputs + "%y[n: batch 3] = %w[0, @(%label[n] + 2)]\n"),
            "%y: reads %w at a value not proven to lie in axis `j`, which has 5\n");
  EXPECT_EQ(faults_of(inputs + "%y[n: batch 3] = %w[0, @(%label[n] - 1)]\n"),
            "%y: reads %w at a value not proven to lie in axis `j`, which has 5\n");
  EXPECT_EQ(faults_of(inputs + "%y = %w[@(%v), 0]\n"),
            "%y: reads %w at a value not proven to lie in axis `i`, which has 4\n");
  EXPECT_EQ(faults_of(inputs + "%y[i: 4] = %x[@(i), i]\n"), "%y: reads the batch axis of %x at a value\n");
}

TEST(Verify, KeepsExamplesApart) {
  const std::string wrong = "%y: reads axis `n` of %x by something else than an index of the batch\n";
  EXPECT_EQ(faults_of(inputs + "%y[k: 3] = %x[k, 0]\n"), wrong);
  EXPECT_EQ(faults_of(inputs + "%y[n: batch 3] = %x[2 - n, 0]\n"), wrong);
  EXPECT_EQ(faults_of(inputs + "%y = %x[0, 0]\n"), wrong);
  EXPECT_EQ(faults_of("%x[n: batch 1] = field \"x\"\n%y = %x[0]\n"), "");
}

TEST(Verify, ChecksAxes) {
  EXPECT_EQ(faults_of("%y[i: 2] = sum[i: 3](i)\n"), "%y: two axes are named `i`\n");
  EXPECT_EQ(faults_of("%y[i: 0] = 1\n"), "%y: axis `i` has extent 0\n");
  EXPECT_EQ(faults_of("%y[i: 2, n: batch 2] = 1\n"), "%y: the batch axis `n` is not the first\n");
  EXPECT_EQ(faults_of("%y = sum[n: batch 2, m: batch 2](1)\n"), "%y: two batch axes are reduced over\n");
  EXPECT_EQ(faults_of(inputs + "%y[n: batch 2] = 1\n"), "%y: its batch is 2, another is 3\n");
  EXPECT_EQ(faults_of("%y[n: batch 2] = parameter \"y\"\n"), "%y: only fields have a batch axis\n");
}

TEST(Verify, ChecksTheOrder) {
  EXPECT_EQ(faults_of("%y = %z\n%z = 1\n"), "%y: reads %z before it is defined\n");
  EXPECT_EQ(faults_of("%y = %y\n"), "%y: reads %y before it is defined\n");
}

TEST(Verify, ChecksRecurrences) {
  auto group = [](const std::string& c, const std::string& h) {
    return faults_of("recurrence 4 forward along %c[t], %h[t]\n%c[t: 4] = " + c + "\n%h[t: 4] = " + h + "\n");
  };
  EXPECT_EQ(group("%h[t - 1 else 0]", "%c[t] + %h[t - 2 else 0]"), "");
  EXPECT_EQ(group("%h[t else 0]", "%c[t]"), "%c: reads %h of its recurrence at a place that is not computed yet\n");
  EXPECT_EQ(group("%h[t + 1 else 0]", "%c[t]"), "%c: reads %h of its recurrence at a place that is not computed yet\n");
  EXPECT_EQ(group("%h[t // 2 else 0]", "%c[t]"),
            "%c: reads %h of its recurrence at a place that is not computed yet\n");
  EXPECT_EQ(group("%h[t - 1]", "%c[t]"), "%c: reads %h at -1 ... 2 of axis `t`, which has 4\n");
  EXPECT_EQ(faults_of("recurrence 4 backward along %h[t]\n%h[t: 4] = %h[t - 1 else 0]\n"),
            "%h: reads %h of its recurrence at a place that is not computed yet\n");
  EXPECT_EQ(faults_of("recurrence 3 forward along %h[t]\n%h[t: 4] = %h[t - 1 else 0]\n"),
            "%h: its recurrence runs along axis 0 of extent 3\n");
  EXPECT_EQ(faults_of("recurrence 4 forward along %a[t], %c[t]\n%a[t: 4] = 1\n%b = 1\n%c[t: 4] = 1\n"),
            "%c: does not follow the recurrence's member before it\n");
  EXPECT_EQ(faults_of("recurrence 4 forward along %a[t]\n%a[t: 4] = parameter \"a\"\n"),
            "%a: only a comprehension can recur\n");
}

TEST(Verify, ChecksElements) {
  EXPECT_EQ(faults_of(inputs + "%y[n: batch 3]: class[3] = %label[n]\n"), "%y: not proven to be a label below 3\n");
  EXPECT_EQ(faults_of("%y: class[3] = argmax[i: 4](i)\n"), "%y: not proven to be a label below 3\n");
  EXPECT_EQ(faults_of("%y: class[3] = sum[i: 2](i)\n"), "%y: a sum or product is no label\n");
  EXPECT_EQ(faults_of("%y: class[0] = parameter \"y\"\n"), "%y: a class has 0 labels\n");
}

TEST(Verify, ChecksReshapesAndGradients) {
  EXPECT_EQ(faults_of(inputs + "%y[k: 21] = reshape %w\n"), "%y: has 21 elements, %w has 20\n");
  EXPECT_EQ(faults_of(inputs + "%y[k: 12] = reshape %x\n"), "%y: a reshape keeps the batch axis\n");
  EXPECT_EQ(faults_of(inputs + "%y[n: batch 3] = reshape %label\n"), "%y: a reshape keeps the kind of elements\n");
  EXPECT_EQ(faults_of(inputs + "%y[i: 4, j: 5] = gradient of %w by %w\n"), "%y: the loss %w has axes\n");
  EXPECT_EQ(faults_of(inputs + "%l = 1\n%y[i: 4] = gradient of %l by %w\n"), "%y: its shape is not that of %w\n");
  EXPECT_EQ(faults_of(inputs + "%l = 1\n%y: int = gradient of %l by %v\n"), "%y: %v has no gradient\n");
}

TEST(Verify, ChecksDraws) {
  auto draw = [](const std::string& rest) {
    return faults_of(inputs + "%y[k: 2] = uniform(0, 1, stream: 1, " + rest + ")\n");
  };
  EXPECT_EQ(draw("seed: %s, step: %v, example: 0, element: k"), "");
  EXPECT_EQ(draw("seed: %w, step: %v, example: 0, element: k"),
            "%y: seed, step and first example of a draw are one number each\n");
  EXPECT_EQ(draw("seed: %s, step: %v, first: %v, example: 0, element: k"), "");
  EXPECT_EQ(draw("seed: %s, step: %v, first: %w, example: 0, element: k"),
            "%y: seed, step and first example of a draw are one number each\n");
  EXPECT_EQ(draw("seed: %s, step: %v, example: 0, element: k - 1"), "%y: a draw at a place outside 32 bits\n");
}

TEST(Verify, ChecksInputsAndOutputs) {
  EXPECT_EQ(faults_of("%a = state \"a\"\n%b = parameter \"a\"\n"), "%b: a second input \"a\"\n");
  EXPECT_EQ(faults_of("%a[i: 2] = setting \"a\"\n"), "");
  EXPECT_EQ(faults_of(inputs + "output loss \"l\" = %w\n"), "output \"l\": a loss is one number\n");
  EXPECT_EQ(faults_of(inputs + "output metric \"m\" = %x\n"),
            "output \"m\": a mean over the batch has no batch axis\n");
  EXPECT_EQ(faults_of(inputs + "output value \"a\" = %w\noutput value \"a\" = %w\n"),
            "output \"a\": a second one of its role\n");
  EXPECT_EQ(faults_of(inputs + "output update \"w\" = %v into %w\n"), "output \"w\": its shape is not that of %w\n");
  EXPECT_EQ(faults_of(inputs + "output update \"s\" = %v into %s\n"), "output \"s\": %s is not kept with the model\n");
  EXPECT_EQ(faults_of(inputs + "%y = 1\noutput update \"y\" = %v into %y\n"), "output \"y\": its target is no input\n");
  EXPECT_EQ(faults_of(inputs + "output update \"a\" = %v into %v\noutput update \"b\" = %v into %v\n"),
            "output \"b\": a second update of one input\n");
}

/// What no text can say.
TEST(Verify, SurvivesBrokenGraphs) {
  Graph graph;
  add_comprehension(graph, "y", {}, {Reduction::None, {}, load(NodeId{7}, {affine(4)}) + index_value(3u)}, {});
  graph.recurrences.push_back({{NodeId{9}}, {0}, 2, false});
  graph.outputs.push_back({OutputRole::Update, "z", NodeId{5}, NodeId{6}});
  EXPECT_EQ(verify(graph),
            (std::vector<std::string>{
                "a recurrence with a member that is not there", "%y: reads a node that is not there",
                "%y: a term of index 3 of 0, divisor 1, modulus 0", "output \"z\": its node is not there"}));
  EXPECT_NE(print(graph).find("%?7[?4]"), std::string::npos);
}

}  // namespace
}  // namespace dnnc
