#include <gtest/gtest.h>

#include "compiler/ir/graph.h"

namespace dnnc {
namespace {

std::string reprinted(const std::string& text) {
  std::string error;
  std::optional<Graph> graph = parse_graph(text, error);
  return graph ? print(*graph) : error;
}

TEST(Parse, ReadsWhatThePrinterWrites) {
  const std::string text =
      "graph \"all forms\"\n"
      "%seed: int = setting \"seed\"\n"
      "%step: int = setting \"step\"\n"
      "%x[n: batch 2, t: 6, k: 3] = field \"x\" start \"raw \\\"x\\\"\"\n"
      "%word[n: batch 2]: class[5] = field \"word\"\n"
      "%\"net/w:m\"[w: 5, k: 3] = optimizer_state \"net/w:m\"\n"
      "%y[n: batch 2, t: 6, k: 3] = (%x[n, t - 2*(t % 2), k else 0.5] - 1) ^ 2 / -%\"net/w:m\"[@(%word[n]), k]\n"
      "%y.2[n: batch 2, t: 6] = argmax[k: 3](max(%y[n, t, k], k) + index(2*k - 1))\n"
      "%7[n: batch 2] = sum[t: 6, k: 3](select(index(t // 2 % 2) <= 1 and not k == 2, %x[n, t, k], constant(-inf)))\n"
      "%8[n: batch 2, i: 18] = reshape %x\n"
      "%d[t: 6] = normal(-0.5, 1e-08, stream: 18446744073709551615, seed: %seed, step: %step, example: 0, element: t)\n"
      "%b[n: batch 2, t: 6] = bernoulli(0.9, stream: 7, seed: %seed, step: %step, first: %step, example: n, element: "
      "t)\n"
      "%o[t: 6] = overridden(floor(%d[t]), argument: %d[t], derivative: 1)\n"
      "recurrence 6 forward along %c[t], %h[t]\n"
      "%c[n: batch 2, t: 6] = %h[n, t - 1 else 0] * 2\n"
      "%h[n: batch 2, t: 6] = tanh(%c[n, t]) + %c[n, t - 2 else 1]\n"
      "%loss = sum[n: batch 2, t: 6](%h[n, t])\n"
      "%d_net[w: 5, k: 3] = gradient of %loss by %\"net/w:m\"\n"
      "output loss \"loss\" = %loss\n"
      "output update \"net/w:m\" = %d_net into %\"net/w:m\"\n";
  EXPECT_EQ(reprinted(text), text);
}

TEST(Parse, ReadsNamesOfAnyAxisAndNode) {
  const std::string text =
      "graph \"\"\n"
      "%reshape[reshape: 2, index: 2, sum: 2] = reshape + index * sum\n"
      "%gradient = 1\n";
  EXPECT_EQ(reprinted(text), text);
}

TEST(Parse, TakesSpacesCommentsAndBracketsAsItFindsThem) {
  EXPECT_EQ(reprinted("\n# a graph\ngraph \"g\"\n\n%x[i: 4] = setting_rate(\n"),
            "line 5: there is no function `setting_rate`");
  EXPECT_EQ(reprinted("# a graph\ngraph \"g\"  # named\n%x[i: 4,\n  j: 2] = ((i)\n + add(j, 1))\n"),
            "graph \"g\"\n%x[i: 4, j: 2] = i + (j + 1)\n");
}

struct Wrong {
  const char* body;
  const char* error;
};

TEST(Parse, SaysWhatIsWrongAndWhere) {
  const Wrong cases[] = {
      {"%y = %z", "line 3: there is no node %z"},
      {"%y = 1 == 2 == 3", "line 3: comparisons do not chain"},
      {"%y = 1 + not 2", "line 3: `not` needs brackets here"},
      {"%y = k", "line 3: there is no axis `k`"},
      {"%y = exp(1, 2)", "line 3: wrong number of arguments for `exp`"},
      {"%y = 1 2", "line 3: expected the end of the line"},
      {"%y[i: 3 = i", "line 3: expected `]`"},
      {"%y[i: 99999999999999999999] = i", "line 3: `99999999999999999999` is out of range"},
      {"%x = 1", "line 3: %x is defined twice"},
      {"%y = ?", "line 3: `?` does not belong here"},
      {"%y = field \"a", "line 3: a string without its closing quote"},
      {"output best \"y\" = %x", "line 3: `best` is no role of an output"},
      {"recurrence 3 forward along %x[t]", "line 3: there is no axis `t`"},
      {"%y = uniform(%x, 1, stream: 1)", "line 3: expected a number"},
      {"hello", "line 3: expected a node, `recurrence` or `output`"},
  };
  for (const Wrong& wrong : cases)
    EXPECT_EQ(reprinted(std::string("graph \"g\"\n%x = 1\n") + wrong.body + "\n"), wrong.error);
}

TEST(Parse, RefusesWhatWouldExhaustTheStack) {
  std::string deep = "graph \"g\"\n%x = " + std::string(100000, '(') + "1";
  EXPECT_EQ(reprinted(deep), "line 2: nested too deeply");
  std::string wide = "graph \"g\"\n%x = 1";
  for (int term = 0; term < 100000; ++term) wide += " + 1";
  EXPECT_EQ(reprinted(wide), "line 2: the formula is too long");
}

}  // namespace
}  // namespace dnnc
