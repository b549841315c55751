#include <gtest/gtest.h>

#include "compiler/passes/passes.h"
#include "test/unit/graph_text.h"
#include "test/unit/passes/finite_difference.h"

// Every network form against central differences.
namespace dnnc {
namespace {

TEST(Gradient, Concatenation) {
  expect_gradients(R"(
%a[p: 2, f: 3] = parameter "a"
%b[p: 2, f: 2] = parameter "b"
%y[p: 2, f: 5] = select(f < 3, %a[p, f else 0], %b[p, f - 3 else 0])
%loss = sum[p: 2, f: 5](%y[p, f] ^ 2 * f)
)");
}

TEST(Gradient, BatchNormalisation) {
  expect_gradients(R"(
%x[n: batch 4, p: 3, f: 2] = field "x"
%scale[f: 2] = parameter "scale"
%shift[f: 2] = parameter "shift"
%c[p: 3, f: 2] = parameter "c"
%count = setting "count"
%s[n: batch 4, f: 2] = sum[p: 3](%x[n, p, f] / 3)
%t[f: 2] = sum[n: batch 4](select(n < 3, %s[n, f], 0))
%m[f: 2] = %t[f] / 3
%v0[n: batch 4, f: 2] = sum[p: 3]((%x[n, p, f] - %m[f]) ^ 2 / 3)
%v[f: 2] = sum[n: batch 4](select(n < 3, %v0[n, f], 0))
%y[n: batch 4, p: 3, f: 2] = (%x[n, p, f] - %m[f]) / sqrt(%v[f] / 3 + 0.001) * %scale[f] + %shift[f]
%loss = sum[n: batch 4, p: 3, f: 2](select(n < 3, %y[n, p, f] ^ 2 * %c[p, f], 0))
)");
}

TEST(Gradient, LayerNormalisation) {
  expect_gradients(R"(
%x[n: batch 2, t: 3, i: 4] = field "x"
%scale[i: 4] = parameter "scale"
%shift[i: 4] = parameter "shift"
%c[i: 4] = parameter "c"
%m[n: batch 2, t: 3] = sum[i: 4](%x[n, t, i] / 4)
%v[n: batch 2, t: 3] = sum[i: 4]((%x[n, t, i] - %m[n, t]) ^ 2 / 4)
%y[n: batch 2, t: 3, i: 4] = (%x[n, t, i] - %m[n, t]) / sqrt(%v[n, t] + 0.001) * %scale[i] + %shift[i]
%loss = sum[n: batch 2, t: 3, i: 4](%y[n, t, i] ^ 2 * %c[i])
)");
}

TEST(Gradient, GroupNormalisation) {
  expect_gradients(R"(
%x[n: batch 2, p: 2, f: 6] = field "x"
%scale[f: 6] = parameter "scale"
%c[f: 6] = parameter "c"
%m[n: batch 2, g: 2] = sum[p: 2, r: 3](%x[n, p, 3*g + r] / 6)
%v[n: batch 2, g: 2] = sum[p: 2, r: 3]((%x[n, p, 3*g + r] - %m[n, g]) ^ 2 / 6)
%y[n: batch 2, p: 2, f: 6] = (%x[n, p, f] - %m[n, f // 3]) / sqrt(%v[n, f // 3] + 0.001) * %scale[f]
%loss = sum[n: batch 2, p: 2, f: 6](%y[n, p, f] ^ 2 * %c[f])
)");
}

TEST(Gradient, SoftmaxCrossEntropy) {
  expect_gradients(R"(
%x[n: batch 3, i: 2] = field "x"
%label[n: batch 3]: class[4] = field "label"
%w[i: 2, k: 4] = parameter "w"
%z[n: batch 3, k: 4] = sum[i: 2](%x[n, i] * %w[i, k])
%e[n: batch 3] = sum[k: 4](exp(%z[n, k]))
%l[n: batch 3] = log(%e[n]) - %z[n, @(%label[n])]
%loss = sum[n: batch 3](%l[n] / 3)
)");
}

TEST(Gradient, Embedding) {
  expect_gradients(R"(
%word[n: batch 3, t: 4]: class[5] = field "word"
%table[v: 5, k: 2] = parameter "table"
%c[t: 4, k: 2] = parameter "c"
%y[n: batch 3, t: 4, k: 2] = %table[@(%word[n, t]), k]
%loss = sum[n: batch 3, t: 4, k: 2](%y[n, t, k] ^ 2 * %c[t, k])
)");
}

TEST(Gradient, TableThatIsMultipliedAtOnce) {
  for (const char* axes : {"v: 7, h: 2, i: 3", "h: 2, v: 7, i: 3", "h: 2, i: 3, v: 7"}) {
    std::string read = axes;
    for (const char* extent : {": 7", ": 2", ": 3"}) read.erase(read.find(extent), 3);
    read.replace(read.find('v'), 1, "@(%word[n, t])");
    expect_gradients("%word[n: batch 2, t: 5]: class[7] = field \"word\"\n%table[" + std::string(axes) +
                     "] = parameter \"table\"\n%w[h: 2, i: 3, j: 5] = parameter \"w\"\n"
                     "%y[n: batch 2, t: 5, h: 2, j: 5] = sum[i: 3](%table[" +
                     read +
                     "] * %w[h, i, j])\n"
                     "%loss = sum[n: batch 2, t: 5, h: 2, j: 5](%y[n, t, h, j] ^ 3 * (1 + t))\n");
  }
}

TEST(Gradient, TableOfSeveralClassesReadInWindows) {
  expect_gradients(R"(
%word[n: batch 3, t: 4]: class[5] = field "word"
%place[n: batch 3]: class[3] = field "place"
%table[u: 3, p: 8, v: 5] = parameter "table"
%c[t: 4, k: 2] = parameter "c"
%y[n: batch 3, t: 4, i: 3] = sum[k: 2](%table[@(%place[n]), 2*i + 3*k, @(%word[n, t])] * %c[t, k])
%z[n: batch 3, i: 4] = %table[@(min(%place[n], 1)), i // 2, @(%word[n, i])] ^ 2
%loss = sum[n: batch 3, t: 4, i: 3](%y[n, t, i] ^ 2 + %z[n, t] * i)
)");
}

TEST(Gradient, TableReadInARecurrence) {
  for (const char* subscript : {"s", "6 - s", "0"})
    expect_gradients(
        "%word[n: batch 2, s: 7]: class[5] = field \"word\"\n%table[v: 5, i: 3] = parameter \"table\"\n"
        "%w[i: 3, k: 2] = parameter \"w\"\n%u[i: 2, k: 2] = parameter \"u\"\n"
        "recurrence 7 forward along %a[s], %h[s]\n"
        "%a[n: batch 2, s: 7, k: 2] = sum[i: 2](%h[n, s - 1, i else 0] * %u[i, k])\n"
        "%h[n: batch 2, s: 7, k: 2] = tanh(%a[n, s, k] + %table[@(%word[n, " +
        std::string(subscript) +
        "]), k] * %w[0, k])\n"
        "%loss = sum[n: batch 2, s: 7, k: 2](%h[n, s, k] ^ 2)\n");
}

TEST(Gradient, Attention) {
  expect_gradients(R"(
%x[n: batch 2, t: 3, d: 4] = field "x"
%wq[d: 4, a: 2, e: 2] = parameter "wq"
%wk[d: 4, a: 2, e: 2] = parameter "wk"
%wv[d: 4, a: 2, e: 2] = parameter "wv"
%wo[a: 2, e: 2, d: 4] = parameter "wo"
%q[n: batch 2, i: 3, a: 2, k: 2] = sum[d: 4](%x[n, i, d] * %wq[d, a, k])
%p[n: batch 2, i: 3, a: 2, k: 2] = sum[d: 4](%x[n, i, d] * %wk[d, a, k])
%v[n: batch 2, i: 3, a: 2, k: 2] = sum[d: 4](%x[n, i, d] * %wv[d, a, k])
%s[n: batch 2, a: 2, i: 3, j: 3] = sum[k: 2](%q[n, i, a, k] * %p[n, j, a, k])
%m[n: batch 2, a: 2, i: 3, j: 3] = select(index(j) <= index(i), %s[n, a, i, j] / sqrt(2), -1e9)
%u[n: batch 2, a: 2, i: 3] = sum[j: 3](exp(%m[n, a, i, j]))
%w[n: batch 2, a: 2, i: 3, j: 3] = exp(%m[n, a, i, j]) / %u[n, a, i]
%h[n: batch 2, i: 3, a: 2, k: 2] = sum[j: 3](%w[n, a, i, j] * %v[n, j, a, k])
%y[n: batch 2, i: 3, d: 4] = sum[a: 2, k: 2](%h[n, i, a, k] * %wo[a, k, d])
%loss = sum[n: batch 2, i: 3, d: 4](%y[n, i, d] ^ 2)
)");
}

TEST(Gradient, RecurrentLayerBothWays) {
  for (const char* text :
       {"recurrence 4 forward along %s[t], %h[t]|t - 1", "recurrence 4 backward along %s[t], %h[t]|t + 1"}) {
    std::string words = text, head = words.substr(0, words.find('|')), read = words.substr(words.find('|') + 1);
    expect_gradients(R"(
%x[n: batch 2, t: 4, i: 2] = field "x"
%w[i: 2, j: 3] = parameter "w"
%u[k: 3, j: 3] = parameter "u"
%b[j: 3] = parameter "b"
%xw[n: batch 2, t: 4, j: 3] = sum[i: 2](%x[n, t, i] * %w[i, j])
)" + head + R"(
%s[n: batch 2, t: 4, j: 3] = sum[k: 3](%h[n, )" +
                     read + R"(, k else 0] * %u[k, j])
%h[n: batch 2, t: 4, j: 3] = tanh(%xw[n, t, j] + %s[n, t, j] + %b[j])
%loss = sum[n: batch 2, t: 4, j: 3](%h[n, t, j] ^ 2 * index(t + 1))
)");
  }
}

TEST(Gradient, LongShortTermMemory) {
  expect_gradients(R"(
%x[n: batch 2, t: 3, j: 2] = field "x"
%ui[k: 2, j: 2] = parameter "ui"
%uf[k: 2, j: 2] = parameter "uf"
%uo[k: 2, j: 2] = parameter "uo"
%start[j: 2] = parameter "start"
recurrence 3 forward along %si[t], %i[t], %sf[t], %f[t], %so[t], %o[t], %c[t], %h[t]
%si[n: batch 2, t: 3, j: 2] = sum[k: 2](%h[n, t - 1, k else 0] * %ui[k, j])
%i[n: batch 2, t: 3, j: 2] = sigmoid(%si[n, t, j] + %x[n, t, j])
%sf[n: batch 2, t: 3, j: 2] = sum[k: 2](%h[n, t - 1, k else 0] * %uf[k, j])
%f[n: batch 2, t: 3, j: 2] = sigmoid(%sf[n, t, j] + %x[n, t, j] + 1)
%so[n: batch 2, t: 3, j: 2] = sum[k: 2](%h[n, t - 1, k else 0] * %uo[k, j])
%o[n: batch 2, t: 3, j: 2] = sigmoid(%so[n, t, j] - %x[n, t, j])
%c[n: batch 2, t: 3, j: 2] = %f[n, t, j] * %c[n, t - 1, j else %start[j]] + %i[n, t, j] * tanh(%si[n, t, j])
%h[n: batch 2, t: 3, j: 2] = %o[n, t, j] * tanh(%c[n, t, j])
%y[n: batch 2, j: 2] = %h[n, 2, j]
%loss = sum[n: batch 2, j: 2](%y[n, j] ^ 2)
)");
}

TEST(Gradient, RecurrenceWithReductionsOfOtherKinds) {
  expect_gradients(R"(
%x[t: 5, j: 3] = parameter "x"
recurrence 5 forward along %m[t], %p[t], %h[t]
%m[t: 5] = max[k: 3](%h[t - 1, k else 0.1] * %x[t, k])
%p[t: 5, j: 3] = product[k: 2](%h[t - 2, k + j else 0.9] + 0.5)
%h[t: 5, j: 3] = %x[t, j] + 0.5 * %m[t] * %p[t, j]
%loss = sum[t: 5, j: 3](%h[t, j] ^ 2)
)");
}

TEST(Gradient, ProductsWithZeros) {
  Graph graph = graph_of(R"(
%x[i: 3, k: 3] = parameter "x"
%y[i: 3] = product[k: 3](%x[i, k])
%loss = sum[i: 3](%y[i] * index(i + 1))
)");
  expect_gradients(graph, {{"x", {0.5, -2, 3, 0, 2, 3, 0, 0, 4}}});
}

TEST(Gradient, ReshapedAndFlattened) {
  expect_gradients(R"(
%x[n: batch 2, p: 2, q: 3] = field "x"
%r[n: batch 2, k: 6] = reshape %x
%y[n: batch 2, k: 6] = %r[n, k] ^ 2 * k
%loss = sum[n: batch 2, k: 6](%y[n, k])
)");
}

TEST(Gradient, FixedPlacesAndDiagonals) {
  for (const char* y :
       {"%y[i: 4] = %x[2, i] ^ 2", "%y[i: 4] = %x[i, i] ^ 2", "%y[i: 3] = %x[i + 1, i] ^ 2",
        "%y[i: 2] = %x[2*i, i + 1] ^ 2", "%y[i: 4] = %x[i, -i + 3] ^ 2",
        "%y[i: 2] = sum[k: 2](%x[i + k, i + 2*k] * %x[3, 3])", "%y[i: 3] = sum[k: 2](%x[i + k, i - k + 1] ^ 3)"}) {
    std::string text = std::string("%x[p: 4, q: 4] = parameter \"x\"\n") + y + "\n";
    std::string extent = text.substr(text.find("%y[i: ") + 6, 1);
    expect_gradients(text + "%loss = sum[i: " + extent + "](%y[i] * index(i + 1))\n");
  }
}

TEST(Gradient, IndicesThatNoFactorBounds) {
  expect_gradients(
      "%x[p: 6] = parameter \"x\"\n%w[i: 5] = parameter \"w\"\n%v[i: 4] = parameter \"v\"\n"
      "%loss = sum[r: 4, d: 3](%x[r + d] ^ 2 * %w[r + 1] * %v[d + 1])\n");
}

TEST(Gradient, ThroughDrawsThatCannotBeMoved) {
  expect_gradients(
      "%seed: int = setting \"seed\"\n%step: int = setting \"step\"\n%x[p: 7] = parameter \"x\"\n"
      "%loss = sum[r: 2, t: 3](%x[r] * %x[t + 1] ^ 2 * uniform(0, 1, stream: 1, seed: %seed, step: %step, "
      "example: 0, element: 3*r + t))\n");
}

TEST(Gradient, ValuesOutsideHaveGradientsToo) {
  expect_gradients(R"(
%x[p: 3] = parameter "x"
%b = parameter "b"
%y[i: 6] = %x[i - 2 else %b ^ 2] * index(i + 1)
%loss = sum[i: 6](%y[i] ^ 2)
)");
}

TEST(Gradient, NonlinearFactorsAtTheBorderStayFinite) {
  for (const char* term : {"log(%x[i + a - 1 else 0] + %w[i]) / %w[i]", "log(%w[i]) * %x[i + a - 1 else 0]"})
    expect_gradients(std::string("%x[p: 5] = parameter \"x\"\n%w[i: 5] = parameter \"w\"\n%y[i: 5] = sum[a: 3](") +
                         term + ")\n%loss = sum[i: 5](%y[i] ^ 2)\n",
                     3, 0.5, 2);
}

TEST(Gradient, OfGradients) {
  for (const char* z : {"%z[i: 3, f: 2] = sum[a: 3](%x[2*i + a - 1 else 0] ^ 2 * %k[a, f])",
                        "%z[i: 2, f: 2] = sum[a: 3](%x[3*i + a else 0] ^ 2 * %k[a, f])",
                        "%z[i: 5, f: 2] = max[a: 2](%x[i // 2 + a] ^ 2 * %k[a, f])"}) {
    std::string text = std::string("%x[p: 5] = parameter \"x\"\n%k[a: 3, f: 2] = parameter \"k\"\n") + z + "\n";
    std::string extent = text.substr(text.find("%z[i: ") + 6, 1);
    text += "%inner = sum[i: " + extent + ", f: 2](%z[i, f] ^ 2)\n%g[p: 5] = gradient of %inner by %x\n" +
            "%loss = sum[p: 5](%g[p] ^ 2)\n";
    Graph graph = differentiate(graph_of(text));
    expect_gradients(graph, inputs_between(graph, 2, -1, 1));
    Graph one_by_one = differentiate(with_gradients(graph));
    Graph at_once = differentiate(graph_of(text + "%h[p: 5] = gradient of %loss by %x\noutput value \"h\" = %h\n"));
    EXPECT_EQ(verify(at_once), std::vector<std::string>{});
    Inputs inputs = inputs_between(graph, 2, -1, 1);
    EXPECT_EQ(interpret(at_once, inputs)[at_once.outputs[0].node],
              interpret(one_by_one, inputs)[one_by_one.outputs[0].node]);
  }
}

TEST(Gradient, EveryScalarFunction) {
  for (const char* f : {"abs(%x[i])",
                        "exp(%x[i])",
                        "log(%x[i])",
                        "log1p(%x[i])",
                        "expm1(%x[i])",
                        "sqrt(%x[i])",
                        "sin(%x[i])",
                        "cos(%x[i])",
                        "tanh(%x[i])",
                        "sigmoid(%x[i])",
                        "erf(%x[i])",
                        "softplus(%x[i])",
                        "log_sigmoid(%x[i])",
                        "min(%x[i], %w[i])",
                        "max(%x[i], %w[i])",
                        "remainder(%x[i], %w[i])",
                        "%x[i] ^ %w[i]",
                        "%x[i] / %w[i]",
                        "%x[i] - %w[i]",
                        "-%x[i]",
                        "%x[i] + %w[i]",
                        "%x[i] * %w[i]",
                        "abs(-%x[i])",
                        "exp(%x[i]) * %x[i]",
                        "2 * tanh(%x[i] * %w[i])",
                        "select(%x[i] < %w[i], %x[i] ^ 2, %w[i] * 3)",
                        "select(%w[i] < %x[i], 1, sqrt(%w[i] / 2))"})
    expect_gradients(std::string("%x[i: 7] = parameter \"x\"\n%w[i: 7] = parameter \"w\"\n%y[i: 7] = ") + f +
                         "\n%loss = sum[i: 7](%y[i] * index(i + 1) + 0 * %x[i] * %w[i])\n",
                     5, 0.3, 2.5);
}

}  // namespace
}  // namespace dnnc
