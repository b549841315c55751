#include "compiler/syntax/parse.h"

#include <gtest/gtest.h>

#include "compiler/support/match.h"

using namespace dnnc;

namespace {

struct Parsed {
  Sources sources;
  Diagnostics diagnostics{sources};
  SourceId id;
  std::optional<ast::File> file;
  explicit Parsed(const std::string& text) {
    id = sources.add("a.dnn", text);
    file = parse(id, diagnostics);
  }
  std::string messages() const {
    std::string all;
    for (const Diagnostic& d : diagnostics.sorted()) all += render(d, sources, MessageFormat::Short, false);
    return all;
  }
  template <class T>
  const T& declaration(size_t i) const {
    return std::get<T>(file->declarations.at(i).kind);
  }
};

/// A formula with every operation in brackets, to see how operators bind.
std::string bracketed(const ast::Ptr& e) {
  using ast::BinaryOperator;
  const auto binary = [](const ast::Binary& b) {
    const char* signs[] = {"^", "*", "/", "//", "%", "+", "-", "==", "!=", "<", "<=", ">", ">=", "and", "or"};
    return "(" + bracketed(b.left) + " " + signs[size_t(b.op)] + " " + bracketed(b.right) + ")";
  };
  const auto unary = [](const ast::Unary& u) {
    return std::string(u.op == ast::UnaryOperator::Not ? "(not " : "(-") + bracketed(u.operand) + ")";
  };
  return std::visit(match{[](const ast::Name& n) { return n.text; }, [](const ast::Number& n) { return n.text; },
                          [](const ast::Bracketed& b) { return bracketed(b.inner); },
                          [](const ast::Element& x) { return bracketed(x.array) + "[]"; }, binary, unary,
                          [](const auto&) { return std::string("?"); }},
                    e->kind);
}

std::string bound(const std::string& formula) {
  const Parsed parsed("dnn 1\nx = " + formula + "\n");
  EXPECT_EQ(parsed.messages(), "");
  return bracketed(parsed.declaration<ast::ConstantDefinition>(0).value);
}

TEST(Operators, BindAsTheLanguageSays) {
  EXPECT_EQ(bound("a + b * c - d"), "((a + (b * c)) - d)");
  EXPECT_EQ(bound("a ^ b ^ c"), "(a ^ (b ^ c))");
  EXPECT_EQ(bound("-a ^ b"), "(-(a ^ b))");
  EXPECT_EQ(bound("a ^ -b * c"), "((a ^ (-b)) * c)");
  EXPECT_EQ(bound("-a * -b"), "((-a) * (-b))");
  EXPECT_EQ(bound("a // b % c / d"), "(((a // b) % c) / d)");
  EXPECT_EQ(bound("not a == b and c or d"), "(((not (a == b)) and c) or d)");
  EXPECT_EQ(bound("a or b and not c"), "(a or (b and (not c)))");
  EXPECT_EQ(bound("not not a"), "(not (not a))");
  EXPECT_EQ(bound("- - a"), "(-(-a))");
  EXPECT_EQ(bound("a[i] ^ 2 - -1"), "((a[] ^ 2) - (-1))");
  EXPECT_EQ(bound("a - b - c"), "((a - b) - c)");
}

TEST(Newlines, EndStatementsOnlyWhereTheLanguageSays) {
  const Parsed parsed(
      "dnn 1\na = 1 +\n 2\nb = 1\n  + 2\nc = [1,\n 2,\n]\nd = if a: 1\n  else: 2\n\n\ne = 1; f = 2;\n"
      "activation g(x)\n  = x\n  derivative 1\nlayer h(x: f32[n])\n{\n y = x\n - 1\n -x\n}\n");
  ASSERT_EQ(parsed.messages(), "");
  ASSERT_EQ(parsed.file->declarations.size(), 8u);
  const auto& body = parsed.declaration<ast::Definition>(7).body;
  ASSERT_EQ(body.size(), 2u);
  EXPECT_EQ(bracketed(std::get<ast::BindStatement>(body[0].kind).value), "(x - 1)");
  EXPECT_EQ(bracketed(std::get<ast::ResultStatement>(body[1].kind).values[0]), "(-x)");
}

TEST(Texts, MayHaveAByteOrderMarkTabsAndEveryKindOfNewline) {
  const Parsed parsed(
      "\xEF\xBB\xBF"
      "dnn 1\r\n\ta = 1\r# comment é\r\nb = \"é\"\n");
  ASSERT_EQ(parsed.messages(), "");
  EXPECT_EQ(std::get<ast::String>(parsed.declaration<ast::ConstantDefinition>(1).value->kind).value, "é");
  EXPECT_EQ(parsed.sources.describe(parsed.file->declarations[1].span), "a.dnn:4:1");
  ASSERT_EQ(parsed.file->comments.size(), 1u);
  EXPECT_EQ(parsed.file->comments[0].text, "# comment é");
  EXPECT_TRUE(parsed.file->comments[0].own_line);
}

TEST(Definitions, KeepEveryPart) {
  const Parsed parsed(
      "dnn 1\n"
      "layer f(x: f32[..., n], word: class[v][t], size: k x l, pad: valid | same = valid, m = 2 * n) -> f32[..., m] {\n"
      "  param w, u: f32[n, m] ~ normal(0, 1), b: f32[m] = 0\n  state s = 0\n  shared t = (a -> b(1)) * 3 as c\n"
      "  p, q = g(x)\n  y[..., j] = sum(x[..., i else 0] * w[i, j] for i in n) for j in m\n  expect n > 1\n  y, p\n}\n"
      "net g(x: f32[2]) -> (sex: prob, age: real) = x\nactivation h(x) = x derivative 1\n");
  ASSERT_EQ(parsed.messages(), "");
  const auto& f = parsed.declaration<ast::Definition>(0);
  EXPECT_EQ(f.kind, ast::DefinitionKind::Layer);
  ASSERT_EQ(f.parameters.size(), 5u);
  EXPECT_TRUE(std::holds_alternative<ast::Ellipsis>(std::get<ast::ArrayType>(f.parameters[0].type->kind).shape->at(0)));
  EXPECT_EQ(std::get<ast::ArrayType>(f.parameters[1].type->kind).second->size(), 1u);
  EXPECT_EQ(std::get<ast::SizesType>(f.parameters[2].type->kind).sizes[1].text, "l");
  EXPECT_EQ(std::get<ast::ChoiceType>(f.parameters[3].type->kind).choices[1].text, "same");
  ASSERT_EQ(f.body.size(), 7u);
  const auto& params = std::get<ast::ParamStatement>(f.body[0].kind);
  EXPECT_EQ(params.groups[0].names.size(), 2u);
  EXPECT_TRUE(params.groups[0].drawn);
  EXPECT_FALSE(params.groups[1].drawn);
  const auto& shared = std::get<ast::SharedStatement>(f.body[2].kind);
  EXPECT_EQ(std::get<ast::Step::Group>(shared.steps[0].kind).steps.size(), 2u);
  EXPECT_EQ(shared.steps[0].as->text, "c");
  const auto& indexed = std::get<ast::IndexedStatement>(f.body[4].kind);
  EXPECT_EQ(indexed.indices[0].text, "...");
  EXPECT_EQ(indexed.binders[0].index.text, "j");
  const auto& sum = std::get<ast::Call>(indexed.value->kind);
  EXPECT_EQ(sum.binders.size(), 1u);
  EXPECT_EQ(std::get<ast::ResultStatement>(f.body[6].kind).values.size(), 2u);
  EXPECT_EQ(parsed.declaration<ast::Definition>(1).results[1].name.text, "age");
  EXPECT_TRUE(parsed.declaration<ast::Definition>(2).derivative);
}

TEST(Training, KeepsSettingsAndPaths) {
  const Parsed parsed(
      "dnn 1\ntrain a on b as c like d {\n  optimizer for \"*/b\", \"*/w\" = sgd(rate: 0.1)\n  batch = 32; seed = "
      "1\n}\n"
      "data d = rows([0, 0] -> 0, [0, 1] -> -1, [1] -> [2, 3])\nexpect memory.train < 16 MiB\nexpect a >= 97.5%\n");
  ASSERT_EQ(parsed.messages(), "");
  const auto& train = parsed.declaration<ast::Train>(0);
  EXPECT_EQ(train.as->text + train.like->text, "cd");
  ASSERT_EQ(train.settings.size(), 3u);
  EXPECT_EQ(train.settings[0].paths[1].text, "*/w");
  const auto& rows = std::get<ast::Call>(parsed.declaration<ast::Data>(1).settings[0].value->kind);
  const auto& row = std::get<ast::Chain>(rows.arguments[1].value->kind);
  EXPECT_TRUE(std::holds_alternative<ast::Step::Value>(row.steps[0].kind));
  const auto& limit = std::get<ast::Binary>(parsed.declaration<ast::Expect>(2).condition->kind);
  EXPECT_EQ(std::get<ast::Number>(limit.right->kind).unit, "MiB");
  EXPECT_EQ(
      std::get<ast::Percent>(std::get<ast::Binary>(parsed.declaration<ast::Expect>(3).condition->kind).right->kind)
          .text,
      "97.5");
}

TEST(Literals, LoseTheirDecoration) {
  const Parsed parsed("dnn 1\na = 10_000\nb = 3x3\nc = \"a\\n\\\"b\\\\\"\nd = 1e-3\n");
  ASSERT_EQ(parsed.messages(), "");
  EXPECT_EQ(std::get<ast::Number>(parsed.declaration<ast::ConstantDefinition>(0).value->kind).text, "10000");
  EXPECT_EQ(std::get<ast::Sizes>(parsed.declaration<ast::ConstantDefinition>(1).value->kind).sizes,
            (std::vector<int64_t>{3, 3}));
  EXPECT_EQ(std::get<ast::String>(parsed.declaration<ast::ConstantDefinition>(2).value->kind).value, "a\n\"b\\");
}

TEST(Recovery, ReportsSeveralErrorsAndKeepsWholeDeclarations) {
  const Parsed parsed(
      "dnn 1\na = 1 +* 2\nlayer f(x) {\n  y = (x\n  z = 2\n}\nb = 2\nlayer g(x) {\n  p = 3 4\n  q = )\n  r = if x: "
      "1\n}\nc = 3\n");
  EXPECT_EQ(parsed.diagnostics.error_count(), 5u) << parsed.messages();
  ASSERT_EQ(parsed.file->declarations.size(), 3u);  // f with its bracket closed, b, c
  EXPECT_EQ(parsed.declaration<ast::ConstantDefinition>(2).name.text, "c");
}

TEST(ParseExpression, TakesOneFormula) {
  Sources sources;
  Diagnostics diagnostics(sources);
  const ast::Ptr formula = parse_expression(sources.add("<formula>", "softmax([-1, 0, 1, 2])"), diagnostics);
  ASSERT_TRUE(formula);
  EXPECT_EQ(std::get<ast::Call>(formula->kind).function.text, "softmax");
  EXPECT_FALSE(parse_expression(sources.add("<formula>", "1 +"), diagnostics));
  EXPECT_FALSE(parse_expression(sources.add("<formula>", ""), diagnostics));
  EXPECT_FALSE(parse_expression(sources.add("<formula>", "a = 1"), diagnostics));
  EXPECT_EQ(diagnostics.error_count(), 3u);
}

TEST(PrintTokens, ShowsPlaceKindAndText) {
  Sources sources;
  EXPECT_EQ(print_tokens(sources.add("a.dnn", "dnn 1\nx =\n 3x3 # c\n"), sources),
            "1:1 DNN dnn\n1:5 NUMBER 1\n1:6 NEWLINE\n2:1 NAME x\n2:3 ASSIGN =\n3:2 SIZES 3x3\n3:9 NEWLINE\n");
}

}  // namespace
