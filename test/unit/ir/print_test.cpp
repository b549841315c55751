#include <gtest/gtest.h>

#include "compiler/ir/affine.h"
#include "compiler/ir/graph.h"

namespace dnnc {
namespace {

/// A dense layer with its label's score.
Graph dense_graph() {
  Graph graph;
  graph.name = "mlp.train";
  Axis n{"n", 4, true};
  NodeId x = add_input(graph, {InputRole::Field, "x", ""}, {n, {"i", 3}}, {}, {});
  NodeId label = add_input(graph, {InputRole::Field, "label", ""}, {n}, {Element::Kind::Class, 2}, {});
  NodeId w = add_input(graph, {InputRole::Parameter, "mlp/dense1/w", ""}, {{"i", 3}, {"j", 2}}, {}, {});
  Expr product = load(x, {affine(0), affine(2)}) * load(w, {affine(2), affine(1)});
  NodeId z = add_comprehension(graph, "z", {n, {"j", 2}}, {Reduction::Sum, {{"i", 3}}, product}, {});
  Expr score = load(z, {affine(0), Gather{load(label, {affine(0)})}});
  NodeId loss = add_comprehension(graph, "loss", {}, {Reduction::Sum, {n}, score / constant(4)}, {});
  graph.outputs.push_back({OutputRole::Loss, "loss", loss, {}});
  return graph;
}

TEST(Print, WritesNodesByNameWithInfixOperators) {
  EXPECT_EQ(print(dense_graph()),
            "graph \"mlp.train\"\n"
            "%x[n: batch 4, i: 3] = field \"x\"\n"
            "%label[n: batch 4]: class[2] = field \"label\"\n"
            "%mlp/dense1/w[i: 3, j: 2] = parameter \"mlp/dense1/w\"\n"
            "%z[n: batch 4, j: 2] = sum[i: 3](%x[n, i] * %mlp/dense1/w[i, j])\n"
            "%loss = sum[n: batch 4](%z[n, @(%label[n])] / 4)\n"
            "output loss \"loss\" = %loss\n");
  EXPECT_TRUE(verify(dense_graph()).empty());
}

/// The body of a node without axes but for the index `i`.
std::string body_text(const Expr& body) {
  Graph graph;
  add_comprehension(graph, "y", {{"i", 12}}, {Reduction::None, {}, body}, {});
  std::string text = print_node(graph, NodeId{0});
  return text.substr(text.find("= ") + 2);
}

TEST(Print, PutsBracketsWhereTheyAreNeeded) {
  Expr a = constant(1), b = constant(2), c = constant(3);
  EXPECT_EQ(body_text(a - (b - c)), "1 - (2 - 3)");
  EXPECT_EQ(body_text((a - b) - c), "1 - 2 - 3");
  EXPECT_EQ(body_text((a + b) * c), "(1 + 2) * 3");
  EXPECT_EQ(body_text(call(Function::Power, {a, call(Function::Power, {b, c})})), "1 ^ 2 ^ 3");
  EXPECT_EQ(body_text(call(Function::Power, {constant(-1), b})), "(-1) ^ 2");
  EXPECT_EQ(body_text(-a), "-(1)");
  EXPECT_EQ(body_text(call(Function::Not, {call(Function::Less, {a, b})})), "not 1 < 2");
  EXPECT_EQ(body_text(call(Function::Equal, {call(Function::Equal, {a, b}), c})), "(1 == 2) == 3");
}

TEST(Print, WritesAffineForms) {
  EXPECT_EQ(body_text(index_value(0u)), "i");
  EXPECT_EQ(body_text(index_value(affine(0, 2, -1))), "index(2*i - 1)");
  EXPECT_EQ(body_text(index_value(Affine{{{0, 3, 4, 0}, {0, -1, 1, 2}, {0, 1, 2, 3}}, 0})),
            "index(3*(i // 4) - (i % 2) + i // 2 % 3)");
  EXPECT_EQ(body_text(index_value(affine(0, -1, 11))), "index(11 - i)");
  EXPECT_EQ(body_text(index_value(affine_constant(0))), "index(0)");
}

TEST(Print, TellsNamesakesApart) {
  Graph graph;
  for (const char* name : {"y", "y", "", "y.2", "a b"})
    add_comprehension(graph, name, {}, {Reduction::None, {}, constant(0)}, {});
  EXPECT_EQ(labels(graph), (std::vector<std::string>{"%y", "%y.2", "%2", "%\"y.2\"", "%\"a b\""}));
}

}  // namespace
}  // namespace dnnc
