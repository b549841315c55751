#include "compiler/ir/parse_expression.h"

#include <limits>

#include "compiler/ir/affine.h"
#include "compiler/ir/text.h"
#include "compiler/syntax/keywords.h"

namespace dnnc::text {
namespace {

/// Limits that keep a hostile text from exhausting the stack.
constexpr int most_nested = 200;
constexpr int most_parts = 4000;

/// Recursive descent over one expression.
class ExpressionParser {
 public:
  ExpressionParser(TokenStream& tokens, const NodeNames& nodes, const std::vector<Axis>& axes)
      : tokens_(tokens), nodes_(nodes), axes_(axes) {}

  /// Operators that hold at least as tightly as `least`.
  Expr expression(Level least) {
    Nesting nesting(*this);
    Expr left = prefix(least);
    bool compared = false;
    while (const Operator* op = infix_operator(least)) {
      if (compared && op->level == Comparison) tokens_.fail("comparisons do not chain");
      compared = op->level == Comparison;
      tokens_.take();
      bool to_the_right = op->level == Power;
      Expr right = expression(to_the_right ? op->level : static_cast<Level>(op->level + 1));
      left = call(op->function, {left, right});
    }
    return left;
  }

 private:
  /// Counts depth and size of a statement's expression.
  class Nesting {
   public:
    explicit Nesting(ExpressionParser& parser) : parser_(parser) {
      if (++parser_.depth_ > most_nested) parser_.tokens_.fail("nested too deeply");
      if (++parser_.parts_ > most_parts) parser_.tokens_.fail("the formula is too long");
    }
    ~Nesting() { --parser_.depth_; }

   private:
    ExpressionParser& parser_;
  };

  const Operator* infix_operator(Level least) const {
    for (const Operator& op : operators())
      if (op.level >= least && tokens_.next_is(op.symbol)) return &op;
    return nullptr;
  }

  Expr prefix(Level least) {
    if (tokens_.next_is(word_of(Function::Not)) && least > Not) tokens_.fail("`not` needs brackets here");
    if (tokens_.accept(word_of(Function::Not))) return call(Function::Not, {expression(Comparison)});
    if (!tokens_.next_is("-")) return primary();
    tokens_.take();
    if (tokens_.peek().kind == TokenKind::Number && !tokens_.peek().spaced)
      return constant(-number_of<double>(tokens_.take()));
    return -expression(Power);
  }

  Expr primary() {
    if (tokens_.peek().kind == TokenKind::Number) return constant(number_of<double>(tokens_.take()));
    if (tokens_.peek().kind == TokenKind::Label) return load_expression();
    if (tokens_.accept("(")) {
      Expr inner = expression(Any);
      tokens_.expect(")");
      return inner;
    }
    const Token& word = tokens_.expect(TokenKind::Word, "an expression");
    if (!tokens_.next_is("(")) return index_value(axis_named(word, axes_));
    return form(word);
  }

  /// A word and its arguments in brackets.
  Expr form(const Token& word) {
    tokens_.expect("(");
    Expr result;
    if (word.text == "constant") result = special_constant();
    else if (word.text == "index") result = index_value(affine_form());
    else if (word.text == "overridden") result = overridden_form();
    else if (auto distribution = value_named<Distribution>(word.text)) result = draw_form(*distribution);
    else result = function_form(word);
    tokens_.expect(")");
    return result;
  }

  Expr special_constant() {
    double sign = tokens_.accept("-") ? -1 : 1;
    if (tokens_.accept("inf")) return constant(sign * std::numeric_limits<double>::infinity());
    tokens_.expect("nan");
    return constant(std::numeric_limits<double>::quiet_NaN());
  }

  Expr overridden_form() {
    Expr value = expression(Any);
    expect_argument("argument");
    Expr argument = expression(Any);
    expect_argument("derivative");
    return overridden(value, argument, expression(Any));
  }

  void expect_argument(std::string_view name) {
    tokens_.expect(",");
    tokens_.expect(name);
    tokens_.expect(":");
  }

  double signed_number() {
    Expr value = expression(Any);
    const auto* number = std::get_if<Constant>(&value->kind);
    if (!number) tokens_.fail("expected a number");
    return number->value;
  }

  Expr draw_form(Distribution distribution) {
    Draw result;
    result.distribution = distribution;
    result.a = signed_number();
    if (distribution != Distribution::Bernoulli) {
      tokens_.expect(",");
      result.b = signed_number();
    }
    expect_argument("stream");
    if (tokens_.peek().kind == TokenKind::Label) result.stream = parse_node_reference(tokens_, nodes_);
    else result.stream = number_of<uint64_t>(tokens_.expect(TokenKind::Number, "a whole number"));
    expect_argument("seed");
    result.seed = parse_node_reference(tokens_, nodes_);
    expect_argument("step");
    result.step = parse_node_reference(tokens_, nodes_);
    tokens_.expect(",");
    if (tokens_.accept("first")) {
      tokens_.expect(":");
      result.first = parse_node_reference(tokens_, nodes_);
      tokens_.expect(",");
    }
    tokens_.expect("example");
    tokens_.expect(":");
    result.example = affine_form();
    expect_argument("element");
    result.element = affine_form();
    return draw(std::move(result));
  }

  Expr function_form(const Token& word) {
    std::optional<Function> function = function_named(word.text);
    if (!function) throw Fault(word.line, "there is no function `" + word.text + "`");
    std::vector<Expr> arguments;
    do arguments.push_back(expression(Any));
    while (tokens_.accept(","));
    if (arguments.size() != static_cast<size_t>(info(*function).arity))
      throw Fault(word.line, "wrong number of arguments for `" + word.text + "`");
    return call(*function, std::move(arguments));
  }

  Expr load_expression() {
    NodeId source = parse_node_reference(tokens_, nodes_);
    if (!tokens_.next_is("[")) return load(source, {});
    tokens_.take();
    std::vector<Subscript> at;
    Expr outside;
    if (!tokens_.next_is(keyword::otherwise) && !tokens_.next_is("]")) {
      do at.push_back(subscript());
      while (tokens_.accept(","));
    }
    if (tokens_.accept(keyword::otherwise)) outside = expression(Any);
    tokens_.expect("]");
    return load(source, std::move(at), std::move(outside));
  }

  Subscript subscript() {
    if (!tokens_.accept("@")) return affine_form();
    tokens_.expect("(");
    Gather gather{expression(Any)};
    tokens_.expect(")");
    return gather;
  }

  /// Terms as written, in their order.
  Affine affine_form() {
    Affine result;
    int64_t sign = tokens_.accept("-") ? -1 : 1;
    while (true) {
      affine_part(result, sign);
      if (tokens_.accept("+")) sign = 1;
      else if (tokens_.accept("-")) sign = -1;
      else return result;
    }
  }

  void affine_part(Affine& sum, int64_t sign) {
    if (tokens_.peek().kind == TokenKind::Number &&
        !(tokens_.peek(1).kind == TokenKind::Symbol && tokens_.peek(1).text == "*")) {
      sum.offset += sign * number_of<int64_t>(tokens_.take());
      return;
    }
    Term term;
    term.coefficient = sign;
    if (tokens_.peek().kind == TokenKind::Number) {
      term.coefficient *= number_of<int64_t>(tokens_.take());
      tokens_.expect("*");
    }
    bool bracketed = tokens_.accept("(");
    term.index = axis_named(tokens_.expect(TokenKind::Word, "an index"), axes_);
    if (tokens_.accept("//")) term.divisor = number_of<int64_t>(tokens_.expect(TokenKind::Number, "a divisor"));
    if (tokens_.accept("%")) term.modulus = number_of<int64_t>(tokens_.expect(TokenKind::Number, "a modulus"));
    if (bracketed) tokens_.expect(")");
    sum.terms.push_back(term);
  }

  TokenStream& tokens_;
  const NodeNames& nodes_;
  const std::vector<Axis>& axes_;
  int depth_ = 0;
  int parts_ = 0;
};

}  // namespace

NodeId parse_node_reference(TokenStream& tokens, const NodeNames& nodes) {
  const Token& token = tokens.expect(TokenKind::Label, "a node");
  auto found = nodes.find(token.text);
  if (found == nodes.end()) throw Fault(token.line, "there is no node %" + token.text);
  return found->second;
}

uint32_t axis_named(const Token& name, const std::vector<Axis>& axes) {
  for (uint32_t place = 0; place < axes.size(); ++place)
    if (axes[place].name == name.text) return place;
  throw Fault(name.line, "there is no axis `" + name.text + "`");
}

Expr parse_expression(TokenStream& tokens, const NodeNames& nodes, const std::vector<Axis>& axes) {
  return ExpressionParser(tokens, nodes, axes).expression(Any);
}

}  // namespace dnnc::text
