#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>
#include <map>

#include "compiler/ir/affine.h"
#include "compiler/ir/lexer.h"
#include "compiler/ir/text.h"

namespace dnnc {
namespace {

using text::Fault;
using text::Token;
using text::TokenKind;

/// Limits that keep a hostile text from exhausting the stack.
constexpr int most_nested = 200;
constexpr int most_in_statement = 4000;

template <class T>
T number_of(const Token& token) {
  T value{};
  const char* end = token.text.data() + token.text.size();
  auto result = std::from_chars(token.text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) throw Fault(token.line, "`" + token.text + "` is out of range");
  return value;
}

/// The name of a node from its label, without the number of a namesake.
std::string name_of_label(const std::string& label) {
  if (std::isdigit(static_cast<unsigned char>(label[0]))) return "";
  if (label[0] == '"') {
    std::string text = label.substr(0, label.rfind('"') + 1);
    return text::tokens_of(text)[0].text;
  }
  size_t dot = label.rfind('.');
  bool numbered = dot != std::string::npos && dot + 1 < label.size() &&
                  std::all_of(label.begin() + dot + 1, label.end(), [](char c) { return c >= '0' && c <= '9'; });
  return numbered ? label.substr(0, dot) : label;
}

/// Recursive descent over the tokens of one graph.
class Parser {
 public:
  explicit Parser(std::string_view text) : tokens_(text::tokens_of(text)) {}

  Graph run() {
    skip_newlines();
    expect("graph");
    graph_.name = expect(TokenKind::String, "the name of the graph").text;
    expect_newline();
    find_labels();
    for (skip_newlines(); peek().kind != TokenKind::End; skip_newlines()) statement();
    finish_recurrences();
    return std::move(graph_);
  }

 private:
  // Tokens.
  const Token& peek(size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  const Token& take() {
    const Token& token = peek();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  [[noreturn]] void fail(const std::string& what) const { throw Fault(peek().line, what); }
  bool next_is(std::string_view text) const {
    return (peek().kind == TokenKind::Symbol || peek().kind == TokenKind::Word) && peek().text == text;
  }
  bool accept(std::string_view text) {
    if (!next_is(text)) return false;
    take();
    return true;
  }
  void expect(std::string_view text) {
    if (!accept(text)) fail("expected `" + std::string(text) + "`");
  }
  const Token& expect(TokenKind kind, const char* what) {
    if (peek().kind != kind) fail(std::string("expected ") + what);
    return take();
  }
  void expect_newline() { expect(TokenKind::Newline, "the end of the line"); }
  void skip_newlines() {
    while (peek().kind == TokenKind::Newline) take();
  }
  int64_t whole_number() {
    bool negative = accept("-");
    auto value = number_of<int64_t>(expect(TokenKind::Number, "a whole number"));
    return negative ? -value : value;
  }

  // Statements.

  /// A label at the beginning of a line defines a node; loads within recurrences name nodes further down.
  void find_labels() {
    uint32_t count = 0;
    for (size_t place = at_; place < tokens_.size(); ++place) {
      const Token& token = tokens_[place];
      if (token.kind != TokenKind::Label || tokens_[place - 1].kind != TokenKind::Newline) continue;
      if (!ids_.emplace(token.text, NodeId{count++}).second)
        throw Fault(token.line, "%" + token.text + " is defined twice");
    }
  }

  void statement() {
    in_statement_ = 0;
    if (peek().kind == TokenKind::Label) node();
    else if (accept("recurrence")) recurrence();
    else if (accept("output")) output();
    else fail("expected a node, `recurrence` or `output`");
    expect_newline();
  }

  NodeId node_reference() {
    const Token& token = expect(TokenKind::Label, "a node");
    auto found = ids_.find(token.text);
    if (found == ids_.end()) throw Fault(token.line, "there is no node %" + token.text);
    return found->second;
  }

  std::vector<Axis> axes() {
    std::vector<Axis> result;
    expect("[");
    do {
      std::string name = expect(TokenKind::Word, "an axis").text;
      expect(":");
      bool batch = accept("batch");
      result.push_back({std::move(name), whole_number(), batch});
    } while (accept(","));
    expect("]");
    return result;
  }

  Element element() {
    if (!accept(":")) return {};
    if (accept("int")) return {Element::Kind::Integer, 0};
    expect("class");
    expect("[");
    Element result{Element::Kind::Class, whole_number()};
    expect("]");
    return result;
  }

  void node() {
    Node node;
    node.name = name_of_label(take().text);
    if (next_is("[")) node.axes = axes();
    node.element = element();
    expect("=");
    axes_ = node.axes;
    if (std::optional<InputRole> role = input_role()) node.kind = input(*role);
    else if (peek(1).kind == TokenKind::Label && accept("reshape")) node.kind = Reshape{node_reference()};
    else if (peek(1).text == "of" && accept("gradient")) node.kind = gradient();
    else node.kind = comprehension();
    graph_.nodes.push(std::move(node));
  }

  std::optional<InputRole> input_role() const {
    if (peek().kind != TokenKind::Word || peek(1).kind != TokenKind::String) return std::nullopt;
    return text::value_of(text::input_roles(), peek().text);
  }

  Input input(InputRole role) {
    take();
    Input result{role, take().text, ""};
    if (accept("start")) result.start = expect(TokenKind::String, "a string").text;
    return result;
  }

  Gradient gradient() {
    expect("of");
    NodeId loss = node_reference();
    expect("by");
    return {loss, node_reference()};
  }

  Comprehension comprehension() {
    Comprehension result;
    std::optional<Reduction> reduction = text::value_of(text::reductions(), peek().text);
    if (peek().kind != TokenKind::Word || peek(1).text != "[" || !reduction) {
      result.body = expression(text::Any);
      return result;
    }
    take();
    result.reduction = *reduction;
    result.reduced = axes();
    axes_.insert(axes_.end(), result.reduced.begin(), result.reduced.end());
    expect("(");
    result.body = expression(text::Any);
    expect(")");
    return result;
  }

  /// Members and the names of their axes; finish_recurrences() looks these up when all nodes are read.
  void recurrence() {
    Recurrence result;
    result.extent = whole_number();
    result.backward = accept("backward");
    if (!result.backward) expect("forward");
    expect("along");
    std::vector<Token> axes;
    do {
      result.members.push_back(node_reference());
      expect("[");
      axes.push_back(expect(TokenKind::Word, "an axis"));
      expect("]");
    } while (accept(","));
    graph_.recurrences.push_back(std::move(result));
    recurrence_axes_.push_back(std::move(axes));
  }

  void finish_recurrences() {
    for (size_t number = 0; number < graph_.recurrences.size(); ++number) {
      Recurrence& recurrence = graph_.recurrences[number];
      for (size_t place = 0; place < recurrence.members.size(); ++place) {
        const Token& name = recurrence_axes_[number][place];
        const std::vector<Axis>& axes = graph_[recurrence.members[place]].axes;
        recurrence.axis.push_back(axis_named(name, axes));
      }
    }
  }

  static uint32_t axis_named(const Token& name, const std::vector<Axis>& axes) {
    for (uint32_t place = 0; place < axes.size(); ++place)
      if (axes[place].name == name.text) return place;
    throw Fault(name.line, "there is no axis `" + name.text + "`");
  }

  void output() {
    const Token& word = expect(TokenKind::Word, "the role of an output");
    std::optional<OutputRole> role = text::value_of(text::output_roles(), word.text);
    if (!role) throw Fault(word.line, "`" + word.text + "` is no role of an output");
    Output result;
    result.role = *role;
    result.name = expect(TokenKind::String, "the name of the output").text;
    expect("=");
    result.node = node_reference();
    if (*role == OutputRole::Update) {
      expect("into");
      result.target = node_reference();
    }
    graph_.outputs.push_back(std::move(result));
  }

  // Expressions.

  /// Counts depth and size of a statement's expression.
  class Nesting {
   public:
    explicit Nesting(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > most_nested) parser_.fail("nested too deeply");
      if (++parser_.in_statement_ > most_in_statement) parser_.fail("the formula is too long");
    }
    ~Nesting() { --parser_.depth_; }

   private:
    Parser& parser_;
  };

  /// Operators that hold at least as tightly as `least`.
  Expr expression(text::Level least) {
    Nesting nesting(*this);
    Expr left = prefix(least);
    bool compared = false;
    while (const text::Operator* op = infix_operator(least)) {
      if (compared && op->level == text::Comparison) fail("comparisons do not chain");
      compared = op->level == text::Comparison;
      take();
      bool to_the_right = op->level == text::Power;
      Expr right = expression(to_the_right ? op->level : static_cast<text::Level>(op->level + 1));
      left = call(op->function, {left, right});
    }
    return left;
  }

  const text::Operator* infix_operator(text::Level least) const {
    for (const text::Operator& op : text::operators())
      if (op.level >= least && next_is(op.symbol)) return &op;
    return nullptr;
  }

  Expr prefix(text::Level least) {
    if (next_is("not") && least > text::Not) fail("`not` needs brackets here");
    if (accept("not")) return call(Function::Not, {expression(text::Comparison)});
    if (!next_is("-")) return primary();
    take();
    if (peek().kind == TokenKind::Number && !peek().spaced) return constant(-number_of<double>(take()));
    return -expression(text::Power);
  }

  Expr primary() {
    if (peek().kind == TokenKind::Number) return constant(number_of<double>(take()));
    if (peek().kind == TokenKind::Label) return load_expression();
    if (accept("(")) {
      Expr inner = expression(text::Any);
      expect(")");
      return inner;
    }
    const Token& word = expect(TokenKind::Word, "an expression");
    if (!next_is("(")) return index_value(axis_index(word));
    return form(word);
  }

  uint32_t axis_index(const Token& name) const { return axis_named(name, axes_); }

  /// A word and its arguments in brackets.
  Expr form(const Token& word) {
    expect("(");
    Expr result;
    if (word.text == "constant") result = special_constant();
    else if (word.text == "index") result = index_value(affine_form());
    else if (word.text == "overridden") result = overridden_form();
    else if (auto distribution = text::value_of(text::distributions(), word.text)) result = draw_form(*distribution);
    else result = function_form(word);
    expect(")");
    return result;
  }

  Expr special_constant() {
    double sign = accept("-") ? -1 : 1;
    if (accept("inf")) return constant(sign * std::numeric_limits<double>::infinity());
    expect("nan");
    return constant(std::numeric_limits<double>::quiet_NaN());
  }

  Expr overridden_form() {
    Expr value = expression(text::Any);
    expect_argument("argument");
    Expr argument = expression(text::Any);
    expect_argument("derivative");
    return overridden(value, argument, expression(text::Any));
  }

  void expect_argument(std::string_view name) {
    expect(",");
    expect(name);
    expect(":");
  }

  double signed_number() {
    Expr value = expression(text::Any);
    const auto* number = std::get_if<Constant>(&value->kind);
    if (!number) fail("expected a number");
    return number->value;
  }

  Expr draw_form(Distribution distribution) {
    Draw result;
    result.distribution = distribution;
    result.a = signed_number();
    if (distribution != Distribution::Bernoulli) {
      expect(",");
      result.b = signed_number();
    }
    expect_argument("stream");
    result.stream = number_of<uint64_t>(expect(TokenKind::Number, "a whole number"));
    expect_argument("seed");
    result.seed = node_reference();
    expect_argument("step");
    result.step = node_reference();
    expect_argument("example");
    result.example = affine_form();
    expect_argument("element");
    result.element = affine_form();
    return draw(std::move(result));
  }

  Expr function_form(const Token& word) {
    std::optional<Function> function = function_named(word.text);
    if (!function) throw Fault(word.line, "there is no function `" + word.text + "`");
    std::vector<Expr> arguments;
    do arguments.push_back(expression(text::Any));
    while (accept(","));
    if (arguments.size() != static_cast<size_t>(info(*function).arity))
      throw Fault(word.line, "wrong number of arguments for `" + word.text + "`");
    return call(*function, std::move(arguments));
  }

  Expr load_expression() {
    NodeId source = node_reference();
    if (!next_is("[")) return load(source, {});
    take();
    std::vector<Subscript> at;
    Expr outside;
    if (!next_is("else") && !next_is("]")) {
      do at.push_back(subscript());
      while (accept(","));
    }
    if (accept("else")) outside = expression(text::Any);
    expect("]");
    return load(source, std::move(at), std::move(outside));
  }

  Subscript subscript() {
    if (!accept("@")) return affine_form();
    expect("(");
    Gather gather{expression(text::Any)};
    expect(")");
    return gather;
  }

  /// Terms as written, in their order.
  Affine affine_form() {
    Affine result;
    int64_t sign = accept("-") ? -1 : 1;
    while (true) {
      affine_part(result, sign);
      if (accept("+")) sign = 1;
      else if (accept("-")) sign = -1;
      else return result;
    }
  }

  void affine_part(Affine& sum, int64_t sign) {
    if (peek().kind == TokenKind::Number && !(peek(1).kind == TokenKind::Symbol && peek(1).text == "*")) {
      sum.offset += sign * number_of<int64_t>(take());
      return;
    }
    Term term;
    term.coefficient = sign;
    if (peek().kind == TokenKind::Number) {
      term.coefficient *= number_of<int64_t>(take());
      expect("*");
    }
    bool bracketed = accept("(");
    term.index = axis_index(expect(TokenKind::Word, "an index"));
    if (accept("//")) term.divisor = number_of<int64_t>(expect(TokenKind::Number, "a divisor"));
    if (accept("%")) term.modulus = number_of<int64_t>(expect(TokenKind::Number, "a modulus"));
    if (bracketed) expect(")");
    sum.terms.push_back(term);
  }

  std::vector<Token> tokens_;
  size_t at_ = 0;
  int depth_ = 0;
  int in_statement_ = 0;
  Graph graph_;
  std::map<std::string, NodeId> ids_;
  std::vector<Axis> axes_;
  std::vector<std::vector<Token>> recurrence_axes_;
};

}  // namespace

std::optional<Graph> parse_graph(std::string_view text, std::string& error) {
  try {
    return Parser(text).run();
  } catch (const Fault& fault) {
    error = fault.what();
    return std::nullopt;
  }
}

}  // namespace dnnc
