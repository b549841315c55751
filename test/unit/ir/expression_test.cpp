#include "compiler/ir/expression.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "compiler/ir/affine.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

const NodeId x{0}, y{1};

TEST(Expression, ComparesStructureAndBits) {
  Expr a = load(x, {affine(0)}) * constant(2), b = load(x, {affine(0)}) * constant(2);
  EXPECT_TRUE(same(a, b));
  EXPECT_EQ(hash_of(a), hash_of(b));
  EXPECT_FALSE(same(a, load(y, {affine(0)}) * constant(2)));
  EXPECT_FALSE(same(a, load(x, {affine(1)}) * constant(2)));
  EXPECT_FALSE(same(a, load(x, {affine(0)}, constant(0)) * constant(2)));
  EXPECT_FALSE(same(constant(0.0), constant(-0.0)));
  EXPECT_TRUE(same(constant(std::nan("")), constant(std::nan(""))));
}

TEST(Expression, VisitsSharedPartsOnceAndChildrenFirst) {
  Expr shared = load(x, {Gather{load(y, {})}}, constant(1));
  int loads = 0, calls = 0;
  for_each(shared * shared, [&](const Expression& expression) {
    loads += std::holds_alternative<Load>(expression.kind);
    if (!std::holds_alternative<Call>(expression.kind)) return;
    ++calls;
    EXPECT_EQ(loads, 2);
  });
  EXPECT_EQ(loads, 2);
  EXPECT_EQ(calls, 1);
}

TEST(Expression, KeepsWhatARewriteDoesNotChange) {
  Expr kept = constant(3) * index_value(0u), root = kept + constant(1);
  Expr changed = rewrite(root, [](const Expr& expression) {
    const auto* number = std::get_if<Constant>(&expression->kind);
    return number && number->value == 1 ? constant(2) : expression;
  });
  EXPECT_TRUE(same(changed, constant(3) * index_value(0u) + constant(2)));
  EXPECT_EQ(std::get<Call>(changed->kind).arguments[0], kept);
  EXPECT_EQ(rewrite(root, [](const Expr& expression) { return expression; }), root);
}

TEST(Expression, SubstitutesIndicesEverywhere) {
  Draw draw;
  draw.example = affine(0);
  draw.element = affine(1, 3);
  Expr inner = load(x, {affine(1)}, index_value(0u));
  Expr root = load(y, {Gather{inner}, affine(0, 2)}) + dnnc::draw(draw);
  Draw moved = draw;
  moved.example = affine(2, 1, 1);
  moved.element = affine_constant(12);
  Expr moved_inner = load(x, {affine_constant(4)}, index_value(affine(2, 1, 1)));
  Expr expected = load(y, {Gather{moved_inner}, affine(2, 2, 2)}) + dnnc::draw(moved);
  EXPECT_TRUE(same(substitute(root, {affine(2, 1, 1), affine_constant(4)}), expected));
}

TEST(Expression, RefusesASubstitutionThatIsNotAffine) {
  Expr half = index_value(Affine{{{0, 1, 2, 0}}, 0});
  EXPECT_THROW(substitute(half, {affine(0) + affine(1)}), InternalError);
  EXPECT_FALSE(try_substitute(half, {affine(0) + affine(1)}).has_value());
  EXPECT_TRUE(same(substitute(half, {affine(0, 2) + affine(1)}, {7, 2}), index_value(0u)));
}

TEST(Expression, RenamesSourcesAndSettings) {
  Draw draw;
  draw.seed = x;
  draw.step = y;
  Draw renamed = draw;
  renamed.seed = y;
  Expr root = load(x, {Gather{load(x, {})}}) + dnnc::draw(draw);
  auto to_y = [](NodeId) { return y; };
  EXPECT_TRUE(same(rename_nodes(root, to_y), load(y, {Gather{load(y, {})}}) + dnnc::draw(renamed)));
}

TEST(Expression, ChecksNumbersOfArguments) {
  EXPECT_THROW(call(Function::Exp, {constant(1), constant(2)}), InternalError);
  EXPECT_THROW(call(Function::Exp, {nullptr}), InternalError);
}

struct Value {
  Function function;
  double a, b, value;
};

TEST(Functions, HaveTheirValues) {
  const double infinity = std::numeric_limits<double>::infinity(), nan = std::nan("");
  const Value cases[] = {
      {Function::Remainder, -7, 3, 2},
      {Function::Remainder, 5.5, -2, -0.5},
      {Function::Maximum, 1, nan, nan},
      {Function::Maximum, nan, 1, nan},
      {Function::Minimum, nan, 1, nan},
      {Function::Minimum, 2, -1, -1},
      {Function::And, 0, nan, 0},
      {Function::Or, 2, nan, 1},
      {Function::Sigmoid, 1000, 0, 1},
      {Function::Sigmoid, -1000, 0, 0},
      {Function::Softplus, 1000, 0, 1000},
      {Function::Softplus, -40, 0, std::exp(-40)},
      {Function::LogSigmoid, -1e6, 0, -1e6},
      {Function::LogSigmoid, 40, 0, -std::exp(-40)},
      {Function::Not, nan, 0, 0},
      {Function::Exp, -infinity, 0, 0},
      {Function::LessEqual, 1, 1, 1},
      {Function::Less, 1, 1, 0},
  };
  for (const Value& one : cases) {
    double arguments[] = {one.a, one.b}, value = evaluate(one.function, arguments);
    if (std::isnan(one.value)) EXPECT_TRUE(std::isnan(value)) << info(one.function).name;
    else EXPECT_DOUBLE_EQ(value, one.value) << info(one.function).name;
  }
}

TEST(Functions, AreFoundByName) {
  for (const FunctionInfo& row : all_functions()) EXPECT_EQ(function_named(row.name), row.function);
  EXPECT_EQ(function_named("relu"), std::nullopt);
}

}  // namespace
}  // namespace dnnc
