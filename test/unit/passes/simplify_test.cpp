#include <gtest/gtest.h>

#include "compiler/passes/passes.h"
#include "test/unit/graph_text.h"

namespace dnnc {
namespace {

/// What %y becomes: its line behind ` = `. The inputs are %x[i: 6], %w[i: 6, j: 4], %s, %label[i: 6]: class[4].
std::string simplified(const std::string& y) {
  Graph graph =
      simplify(graph_of("%x[i: 6] = parameter \"x\"\n%w[i: 6, j: 4] = parameter \"w\"\n%s = parameter \"s\"\n"
                        "%label[i: 6]: class[4] = parameter \"label\"\n" +
                        y + "\noutput value \"y\" = %y\n"));
  for (const std::string& fault : verify(graph)) ADD_FAILURE() << fault;
  if (graph.outputs.empty()) return "";
  std::string line = print_node(graph, graph.outputs[0].node);
  return line.substr(line.find(" = ") + 3);
}
std::string scalar(const std::string& formula) { return simplified("%y[i: 6] = " + formula); }

TEST(Simplify, FoldsConstants) {
  EXPECT_EQ(scalar("%x[i] * (2 * 3 + 1)"), "%x[i] * 7");
  EXPECT_EQ(scalar("select(1 < 2, %x[i], 1 / 0)"), "%x[i]");
  EXPECT_EQ(scalar("exp(0) * sqrt(16)"), "4");
}

TEST(Simplify, DropsWhatDoesNothing) {
  EXPECT_EQ(scalar("(0 + %x[i]) * 1 + 0 - 0"), "%x[i]");
  EXPECT_EQ(scalar("-(-%x[i])"), "%x[i]");
  EXPECT_EQ(scalar("%x[i] - (-%s)"), "%x[i] + %s");
  EXPECT_EQ(scalar("max(%x[i], %x[i])"), "%x[i]");
  EXPECT_EQ(scalar("%x[i] ^ 1 * %s ^ 0"), "%x[i]");
  EXPECT_EQ(scalar("%x[i] ^ 2 + %x[i] ^ 0.5"), "%x[i] * %x[i] + sqrt(%x[i])");
  EXPECT_EQ(scalar("%x[i] ^ -1"), "1 / %x[i]");
  EXPECT_EQ(scalar("%x[i] ^ 3 - %s ^ 4"), "%x[i] * %x[i] * %x[i] - %s * %s * (%s * %s)");
  EXPECT_EQ(scalar("(%x[i] + %s) ^ 3"), "(%x[i] + %s) ^ 3");
}

TEST(Simplify, KeepsWhatMayBeInfinite) {
  EXPECT_EQ(scalar("%x[i] * 0"), "%x[i] * 0");
  EXPECT_EQ(scalar("%x[i] - %x[i]"), "%x[i] - %x[i]");
  EXPECT_EQ(scalar("%x[i] * (0 * (%s < 2))"), "%x[i] * 0");
}

TEST(Simplify, JoinsConstantFactors) {
  EXPECT_EQ(scalar("2 * (3 * %x[i]) * %s"), "%x[i] * %s * 6");
  EXPECT_EQ(scalar("-(%x[i] * 3) / 2"), "%x[i] * -1.5");
  EXPECT_EQ(scalar("%x[i] / 4"), "%x[i] * 0.25");
  EXPECT_EQ(scalar("%x[i] / 3"), "%x[i] / 3");
  EXPECT_EQ(scalar("%x[i] / 3 / 5"), "%x[i] / 15");
  EXPECT_EQ(scalar("%x[i] / 3 * 6"), "%x[i] * 2");
  EXPECT_EQ(scalar("%x[i] * 6 / 3"), "%x[i] * 2");
}

TEST(Simplify, BringsSubscriptsToNormalForm) {
  EXPECT_EQ(scalar("%x[2*i - i // 1]"), "%x[i]");
  EXPECT_EQ(scalar("%x[i % 6 + i // 6]"), "%x[i]");
  EXPECT_EQ(scalar("%w[i // 2 % 3, i % 4]"), "%w[i // 2, i % 4]");
  EXPECT_EQ(scalar("%x[i + 1 else 0] + %x[i else 0]"), "%x[i + 1 else 0] + %x[i]");
  EXPECT_EQ(scalar("%x[i + 6 else %s]"), "%s");
  EXPECT_EQ(scalar("index(i) + 2 * index(i) - 1"), "index(3*i - 1)");
  EXPECT_EQ(scalar("%x[@(index(i))]"), "%x[i]");
}

TEST(Simplify, DecidesComparisonsByRanges) {
  EXPECT_EQ(scalar("select(i < 6, %x[i], %s)"), "%x[i]");
  EXPECT_EQ(scalar("select(i < 5, %x[i], %s)"), "select(i < 5, %x[i], %s)");
  EXPECT_EQ(scalar("select(index(i + 1) <= index(i), 0, %x[i])"), "%x[i]");
  EXPECT_EQ(scalar("(%label[i] == 4) + %x[i]"), "%x[i]");
  EXPECT_EQ(scalar("select(0 <= i and i < 6, %x[i], 0)"), "%x[i]");
  EXPECT_EQ(scalar("select(i <= 0, %x[i], %s)"), "select(i <= 0, %x[i], %s)");
  EXPECT_EQ(scalar("select(i != 7, %x[i], %s)"), "%x[i]");
  EXPECT_EQ(scalar("select(i == 5, %x[i], %s)"), "select(i == 5, %x[i], %s)");
}

TEST(Simplify, SimplifiesConditions) {
  EXPECT_EQ(scalar("select(not (%s < 1), 0, %x[i])"), "select(%s < 1, %x[i], 0)");
  EXPECT_EQ(scalar("select(%s < 1, select(%s < 1, %x[i], 3), select(%s < 1, 4, 5))"), "select(%s < 1, %x[i], 5)");
  EXPECT_EQ(scalar("select(%s < 1, 1, 0) + %x[i]"), "(%s < 1) + %x[i]");
  EXPECT_EQ(scalar("select(%s < 1, %x[i], %x[i])"), "%x[i]");
  EXPECT_EQ(scalar("2 and %x[i]"), "%x[i] != 0");
  EXPECT_EQ(scalar("%x[i] or 0"), "%x[i] != 0");
  EXPECT_EQ(scalar("(0 and %x[i]) + (3 or %x[i])"), "1");
  EXPECT_EQ(scalar("select(%s < 1, %x[i], 0) + select(not (%s < 1), 2, 0)"), "select(%s < 1, %x[i], 2)");
  EXPECT_EQ(scalar("select(%s < 1, 0, %x[i]) - select(%s < 1, %s, 0)"), "select(%s < 1, -%s, %x[i])");
  EXPECT_EQ(scalar("select(%s < 1, 3, %x[i]) + select(%s < 1, %s, 0)"),
            "select(%s < 1, 3, %x[i]) + select(%s < 1, %s, 0)");
}

TEST(Simplify, FoldsLoadsOfConstantsAndCopies) {
  EXPECT_EQ(simplified("%c[i: 6] = 3\n%y[i: 6] = %x[i] * %c[i]"), "%x[i] * 3");
  EXPECT_EQ(simplified("%c[i: 6] = 3\n%y[i: 6] = %x[i] * %c[i + 1 else 0]"), "%x[i] * %c[i + 1 else 0]");
  EXPECT_EQ(simplified("%c[i: 6] = %x[i]\n%y[i: 6] = %c[i + 1 else 2]"), "%x[i + 1 else 2]");
  EXPECT_EQ(simplified("%c[i: 6] = %x[-i + 5]\n%y[i: 6] = %c[i]"), "%c[i]");
}

TEST(Simplify, DropsAxesThatDoNothing) {
  EXPECT_EQ(simplified("%y[i: 6] = sum[a: 1, j: 4](%w[i + a, j])"), "sum[j: 4](%w[i, j])");
  EXPECT_EQ(simplified("%y[i: 6] = sum[a: 1](%w[i, a])"), "%w[i, 0]");
  EXPECT_EQ(simplified("%y[i: 6] = sum[j: 4](%x[i])"), "%x[i] * 4");
  EXPECT_EQ(simplified("%y[i: 6] = max[j: 4](%x[i])"), "%x[i]");
  EXPECT_EQ(simplified("%y[i: 6] = product[j: 4](%x[i])"), "product[j: 4](%x[i])");
  EXPECT_EQ(simplified("%y[i: 6]: class[4] = argmax[a: 1, j: 4](%w[i, j])"), "argmax[j: 4](%w[i, j])");
  EXPECT_EQ(simplified("%y: class[1] = argmax[a: 1](%x[a])"), "0");
}

TEST(Simplify, LeavesOutTermsThatAreZero) {
  EXPECT_EQ(simplified("%y[i: 6] = sum[j: 4](select(j == 2, %w[i, j], 0))"), "%w[i, 2]");
  EXPECT_EQ(simplified("%y[j: 4] = sum[i: 6, k: 4](select(k == 3, %w[i, j] * %w[i, k], 0))"),
            "sum[i: 6](%w[i, j] * %w[i, 3])");
  const char* others = "sum[j: 4](select(j == 2, %w[i, j], 1))";
  EXPECT_EQ(simplified(std::string("%y[i: 6] = ") + others), others);
}

TEST(Simplify, TakesConstantFactorsOutOfSums) {
  EXPECT_EQ(simplified("%y[j: 4] = sum[i: 6](%x[i] * 0.5 * %w[i, j])"), "%y[j] * 0.5");
  EXPECT_EQ(simplified("%y[j: 4] = sum[i: 6](-(%x[i] / 3))"), "%y[j] / -3");
  EXPECT_EQ(simplified("%y[j: 4] = sum[i: 6](%x[i] * 0.5 + %w[i, j])"), "sum[i: 6](%x[i] * 0.5 + %w[i, j])");
}

TEST(Simplify, KeepsStoppedGradientsUntilTheyHaveDoneTheirWork) {
  const std::string y = "%y = sum[i: 6](stop_gradient(%x[i]) * %s)\n";
  EXPECT_EQ(simplified(y), "sum[i: 6](%x[i] * %s)");
  EXPECT_EQ(simplified(y + "%d = gradient of %y by %s"), "sum[i: 6](stop_gradient(%x[i]) * %s)");
  const std::string stated = "%y = overridden(floor(%s), argument: %s, derivative: 1)\n";
  EXPECT_EQ(simplified(stated), "floor(%s)");
  EXPECT_EQ(simplified(stated + "%d = gradient of %y by %s"), "overridden(floor(%s), argument: %s, derivative: 1)");
}

}  // namespace
}  // namespace dnnc
