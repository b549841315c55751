#include <gtest/gtest.h>

#include "compiler/passes/passes.h"
#include "test/unit/graph_text.h"

namespace dnnc {
namespace {

std::string merged(const std::string& text) {
  Graph graph = merge_duplicates(graph_of(text));
  EXPECT_TRUE(verify(graph).empty());
  return print(graph);
}

TEST(MergeDuplicates, ComputesOnceWhatIsTheSameUnderOtherNames) {
  EXPECT_EQ(merged("%x[n: batch 2, i: 3] = field \"x\"\n"
                   "%a[n: batch 2] = sum[k: 3](%x[n, k] ^ 2)\n"
                   "%b[m: batch 2] = sum[i: 3](%x[m, i] ^ 2)\n"
                   "%c[n: batch 2] = %a[n] + 1\n"
                   "%d[n: batch 2] = %b[n] + 1\n"
                   "output value \"c\" = %c\noutput value \"d\" = %d\n"),
            "graph \"test\"\n"
            "%x[n: batch 2, i: 3] = field \"x\"\n"
            "%a[n: batch 2] = sum[k: 3](%x[n, k] ^ 2)\n"
            "%c[n: batch 2] = %a[n] + 1\n"
            "output value \"c\" = %c\noutput value \"d\" = %c\n");
}

TEST(MergeDuplicates, MergesReshapesAndGradients) {
  EXPECT_EQ(merged("%x[i: 6] = parameter \"x\"\n"
                   "%a[j: 2, k: 3] = reshape %x\n%b[j: 2, k: 3] = reshape %x\n%c[j: 3, k: 2] = reshape %x\n"
                   "%loss = sum[j: 2, k: 3](%a[j, k] * %b[j, k])\n"
                   "%g[i: 6] = gradient of %loss by %x\n%h[i: 6] = gradient of %loss by %x\n"
                   "output value \"g\" = %g\noutput value \"h\" = %h\noutput value \"c\" = %c\n"),
            "graph \"test\"\n%x[i: 6] = parameter \"x\"\n%a[j: 2, k: 3] = reshape %x\n%c[j: 3, k: 2] = reshape %x\n"
            "%loss = sum[j: 2, k: 3](%a[j, k] * %a[j, k])\n%g[i: 6] = gradient of %loss by %x\n"
            "output value \"g\" = %g\noutput value \"h\" = %g\noutput value \"c\" = %c\n");
}

/// Every line differs from %a in one thing only.
TEST(MergeDuplicates, KeepsWhatDiffers) {
  const std::string text =
      "%seed: int = setting \"seed\"\n%step: int = setting \"step\"\n%x[i: 4] = parameter \"x\"\n%y[i: 4] = parameter "
      "\"y\"\n"
      "%a[i: 4] = %x[i] * 2\n"
      "%b[i: 4] = %x[i] * -2\n"
      "%c[i: 4] = %y[i] * 2\n"
      "%d[i: 3] = %x[i] * 2\n"
      "%e[i: 4] = %x[3 - i] * 2\n"
      "%f = sum[i: 4](%x[i] * 2)\n"
      "%g = max[i: 4](%x[i] * 2)\n"
      "%h[i: 4] = %x[i - 1 else 0] * 2\n"
      "%k[i: 4] = %x[i - 1 else 1] * 2\n"
      "%l[i: 4]: class[4] = i\n"
      "%m[i: 4] = i\n"
      "%o[i: 4] = uniform(0, 1, stream: 1, seed: %seed, step: %step, example: 0, element: i)\n"
      "%p[i: 4] = uniform(0, 1, stream: 2, seed: %seed, step: %step, example: 0, element: i)\n";
  EXPECT_EQ(merged(text), "graph \"test\"\n" + text);
}

TEST(MergeDuplicates, LeavesRecurrencesAlone) {
  const std::string text =
      "graph \"test\"\n%x[t: 3] = parameter \"x\"\n%a[t: 3] = %x[t] * 2\n"
      "recurrence 3 forward along %b[t], %c[t]\n%b[t: 3] = %c[t - 1 else 0] + %a[t]\n%c[t: 3] = %b[t] + %a[t]\n";
  Graph graph = graph_of(text.substr(text.find('\n') + 1));
  EXPECT_EQ(print(merge_duplicates(graph)), text);
  size_t at = text.find("recurrence");
  std::string doubled = text.substr(0, at) + "%d[t: 3] = %x[t] * 2\n" + text.substr(at);
  doubled.replace(doubled.rfind("%a"), 2, "%d");
  EXPECT_EQ(print(merge_duplicates(graph_of(doubled.substr(doubled.find('\n') + 1)))), text);
}

TEST(MergeDuplicates, MakesNothingAnewThatAMemberIs) {
  const std::string text =
      "%x[t: 3] = parameter \"x\"\n"
      "recurrence 3 forward along %b[t], %c[t]\n%b[t: 3] = %c[t - 1 else 0] + %x[t]\n%c[t: 3] = %b[t] * 2\n";
  EXPECT_EQ(merged(text + "%d[t: 3] = %b[t] * 2\n%y = sum[t: 3](%d[t])\noutput value \"y\" = %y\n"),
            "graph \"test\"\n" + text + "%y = sum[t: 3](%c[t])\noutput value \"y\" = %y\n");
}

TEST(MergeDuplicates, ReadsWhatAMemberHasBesideOthers) {
  const std::string text =
      "%x[t: 3, j: 2] = parameter \"x\"\n"
      "recurrence 3 forward along %b[t], %c[t]\n"
      "%b[t: 3, j: 2] = %c[t - 1, 1, j else 0] + %x[t, j]\n"
      "%c[t: 3, q: 2, j: 2] = select(q == 0, %b[t, j] * %x[t, j], 0) + select(q == 1, %b[t, j] * 3, 0)\n";
  EXPECT_EQ(merged(text + "%y[k: 2] = sum[s: 3](%b[s, k] * %x[s, k])\n%z[s: 3] = %b[s, 0] * 3\n"
                          "output value \"y\" = %y\noutput value \"z\" = %z\n"),
            "graph \"test\"\n" + text +
                "%y[k: 2] = sum[s: 3](%c[s, 0, k])\n%z[s: 3] = %b[s, 0] * 3\n"
                "output value \"y\" = %y\noutput value \"z\" = %z\n");
}

}  // namespace
}  // namespace dnnc
