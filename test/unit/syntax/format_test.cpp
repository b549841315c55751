#include <gtest/gtest.h>

#include "test/unit/syntax/round_trip.h"

using namespace dnnc;

namespace {

std::string formatted(const std::string& text) {
  const RoundTrip trip("dnn 1\n" + text);
  EXPECT_EQ(trip.fault, "") << trip.once;
  return trip.once.substr(trip.once.find('\n') + 1);
}

TEST(Format, SpacesOperatorsAndLiterals) {
  EXPECT_EQ(formatted("a=-b^ 2*( c+d )//10  % 3   # remark   \n"), "a = -b^2 * (c + d) // 10 % 3  # remark\n");
  EXPECT_EQ(formatted("a=not b<=c and(d or e)\n"), "a = not b <= c and (d or e)\n");
  EXPECT_EQ(formatted("a = 10_000 +16MiB+ 97.5% + 3x3+\"a\\n\"\n"), "a = 10_000 + 16 MiB + 97.5% + 3x3 + \"a\\n\"\n");
  EXPECT_EQ(formatted("a=f( x [ i,... ,j  else 0 ] . y,rate :0.1 )\n"), "a = f(x[i, ..., j else 0].y, rate: 0.1)\n");
  EXPECT_EQ(formatted("a = - - b - -c\n"), "a = --b - -c\n");
  EXPECT_EQ(formatted("a = sum(x[i]for i in n,j)\n"), "a = sum(x[i] for i in n, j)\n");
  EXPECT_EQ(formatted("a = rows([0]->-1,[1] -> [2,3])\n"), "a = rows([0] -> -1, [1] -> [2, 3])\n");
}

TEST(Format, WritesDefinitionsOneWay) {
  EXPECT_EQ(formatted("layer f( x:f32[... , n],size:k  x l,pad :valid|same=valid,w:class[v][t] )->f32[n]{x}\n"),
            "layer f(x: f32[..., n], size: k x l, pad: valid | same = valid, w: class[v][t]) -> f32[n] { x }\n");
  EXPECT_EQ(formatted("net f(x: f32[2])->(a:prob,b:real[2])=x\nactivation g(x)=x derivative 1\n"),
            "net f(x: f32[2]) -> (a: prob, b: real[2]) = x\nactivation g(x) = x  derivative 1\n");
  EXPECT_EQ(
      formatted("layer f(x)\n{\n\n param a,b:f32[2]~normal(0,1),c:f32=0\nstate s=0\n\n\n shared t=(g->h(1))*3 as u\n"
                "  a , b=h(x)\n y[i]=x[i]for i in n\nexpect n>1\n  y,a\n\n}\n"),
      "layer f(x) {\n  param a, b: f32[2] ~ normal(0, 1), c: f32 = 0\n  state s = 0\n\n"
      "  shared t = (g -> h(1)) * 3 as u\n  a, b = h(x)\n  y[i] = x[i]  for i in n\n  expect n > 1\n  y, a\n}\n");
  EXPECT_EQ(
      formatted("train a on b as c like d{optimizer for \"x\",\"y\"=sgd}\ndata e=rows()\nimport \"f\"\nexpect a.b\n"),
      "train a on b as c like d { optimizer for \"x\", \"y\" = sgd }\ndata e = rows()\nimport \"f\"\nexpect a.b\n");
}

TEST(Format, KeepsABodyOnItsLineWhereverItsDerivativeStands) {
  const std::string x(36, 'x'), one_line = "activation f(" + x + ") { " + x + " }\nderivative " + x + "\n";
  EXPECT_EQ(formatted("activation f(" + x + "){" + x + "} derivative " + x + "\n"), one_line);
  EXPECT_EQ(formatted(one_line), one_line);
  EXPECT_EQ(formatted("activation f(x) {  # }\n  x }  # {\nderivative 1\n"),
            "activation f(x) {  # }\n  x                # {\n}  derivative 1\n");
}

TEST(Format, KeepsStatementsOfOneLineTogetherWhileTheyFit) {
  EXPECT_EQ(formatted("train a on b {\n batch = 32;epochs = 10\n seed = 1\n}\n"),
            "train a on b {\n  batch = 32; epochs = 10\n  seed = 1\n}\n");
  const std::string name(50, 'x');
  EXPECT_EQ(formatted("train a on b { " + name + " = 1; " + name + " = 2; c = 3 }\n"),
            "train a on b {\n  " + name + " = 1\n  " + name + " = 2\n  c = 3\n}\n");
}

TEST(Format, BreaksLinesThatAreTooLong) {
  const std::string a(30, 'a'), b(30, 'b'), c(30, 'c'), d(30, 'd');
  EXPECT_EQ(formatted("y = " + a + " + " + b + " - " + c + " + " + d + "\n"),
            "y = " + a + "\n    + " + b + "\n    - " + c + "\n    + " + d + "\n");
  EXPECT_EQ(formatted("y = f(" + a + ", " + b + ", " + c + ", " + d + ")\n"),
            "y = f(" + a + ", " + b + ",\n      " + c + ", " + d + ")\n");
  EXPECT_EQ(formatted("y = if " + a + ": " + b + " else: " + c + " + " + d + "\n"),
            "y = if " + a + ": " + b + "\n    else: " + c + " + " + d + "\n");
  EXPECT_EQ(formatted("function f(x) = " + a + " + " + b + " + " + c + " + (" + d + ")\n"),
            "function f(x) =\n  " + a + "\n  + " + b + "\n  + " + c + "\n  + (" + d + ")\n");
}

TEST(Format, KeepsTheLinesOfAChainAndPutsItsArrowsBelowEachOther) {
  EXPECT_EQ(formatted("net n(x: f32[2]) -> prob {\nx -> a ->\nb(1) -> c\n    -> d\n}\n"),
            "net n(x: f32[2]) -> prob {\n  x -> a\n    -> b(1) -> c\n    -> d\n}\n");
  EXPECT_EQ(formatted("y = x -> a -> b -> c -> d\n"), "y = x -> a -> b -> c -> d\n");
  const std::string a(30, 'a');
  EXPECT_EQ(formatted("y = x -> " + a + " -> " + a + " -> " + a + "\n"),
            "y = x -> " + a + "\n      -> " + a + "\n      -> " + a + "\n");
  EXPECT_EQ(formatted("y = " + a + " -> b\n -> c\n"), "y = " + a + "\n      -> b\n      -> c\n");
  EXPECT_EQ(formatted("layer f(x) {\n  shared s = a -> b\n -> c\n x -> s\n}\n"),
            "layer f(x) {\n  shared s = a -> b\n             -> c\n  x -> s\n}\n");
}

TEST(Format, PutsCommentsOfNeighbouringLinesBelowEachOther) {
  EXPECT_EQ(formatted("a = 1 # one\nbb = 22 # two\n\nc = 3 # three\n"),
            "a = 1    # one\nbb = 22  # two\n\nc = 3  # three\n");
  const std::string a(45, 'a');
  EXPECT_EQ(formatted("b = 1 # one\n" + a + " = 2 # two\n"), "b = 1  # one\n" + a + " = 2  # two\n");
}

TEST(Format, KeepsCommentsWithWhatTheyBelongTo) {
  EXPECT_EQ(formatted("# before\n\n\n# again\na = 1# behind\n  # between\nb = 2\n# end"),
            "# before\n\n# again\na = 1  # behind\n# between\nb = 2\n# end\n");
  EXPECT_EQ(formatted("layer f(x) {# opening\n# first\nx # result\n# last\n} # closing\n"),
            "layer f(x) {  # opening\n  # first\n  x  # result\n  # last\n}  # closing\n");
  EXPECT_EQ(formatted("layer f(x) {\n  # nothing\n}\n"), "layer f(x) {\n  # nothing\n}\n");
  EXPECT_EQ(
      formatted("data d = rows([0, 0] -> 0, # false\n # true\n [0, 1] -> 1 # last\n)\n"),
      "data d = rows([0, 0] -> 0,  # false\n              # true\n              [0, 1] -> 1  # last\n         )\n");
  EXPECT_EQ(formatted("y = a + # first\n b # second\n + c\n"), "y = a    # first\n    + b  # second\n    + c\n");
  EXPECT_EQ(formatted("y = x -> a # first\n  -> b # second\n"), "y = x -> a  # first\n      -> b  # second\n");
  EXPECT_EQ(formatted("y = # of the value\n  1\n"), "# of the value\ny = 1\n");
  EXPECT_EQ(formatted("layer f(x, # input\n  m) { x }\n"), "layer f(x,  # input\n        m) { x }\n");
}

TEST(Format, KeepsEmptyFilesAndCommentsBeforeTheVersion) {
  const RoundTrip trip("# a file\n\ndnn 1 # version\n");
  EXPECT_EQ(trip.fault, "");
  EXPECT_EQ(trip.once, "# a file\n\ndnn 1  # version\n");
}

}  // namespace
