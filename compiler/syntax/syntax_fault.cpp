#include "compiler/syntax/syntax_fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace dnnc {
namespace {

/// The tokens around a fault.
struct View {
  const SyntaxFault& fault;
  const std::vector<Token>& list;
  const Sources& sources;

  TokenKind kind(int offset = 0) const {
    const long index = long(fault.at) + offset;
    return index < 0 || index >= long(list.size()) ? TokenKind::NEWLINE : list[size_t(index)].kind;
  }
  Span span(int offset = 0) const {
    const long index = std::clamp<long>(long(fault.at) + offset, 0, long(list.size()) - 1);
    return list[size_t(index)].span;
  }
  std::string text(int offset = 0) const {
    constexpr size_t longest = 40;
    const std::string text(sources.text(span(offset)));
    return text.size() <= longest ? text : text.substr(0, longest - 3) + "...";
  }
  bool ends_line() const {
    const std::string shown = text();
    return kind() == TokenKind::NEWLINE && (shown.empty() || shown[0] == '\n' || shown[0] == '\r');
  }
  /// Where the carets go: what is missing at the end of a line is missed right after its last token.
  Span place() const {
    if (!ends_line() || fault.at == 0) return span();
    const Span before = span(-1);
    return {before.source, before.end, before.end};
  }
  bool touches_previous() const { return span(-1).end == span().begin; }
  bool expects(TokenKind kind) const { return std::ranges::count(fault.expected, kind) > 0; }
  const std::string& rule() const { return fault.rules.front().name; }
  bool is_inside(const std::string& name) const {
    return std::ranges::any_of(fault.rules, [&](const RuleInProgress& rule) { return rule.name == name; });
  }
  /// The first token of the nearest rule of that name.
  TokenKind first_of(const std::string& name) const {
    const auto rule = std::ranges::find(fault.rules, name, &RuleInProgress::name);
    return rule == fault.rules.end() ? TokenKind::NEWLINE : list[rule->first].kind;
  }
  std::string found() const { return ends_line() ? "the end of the line" : fmt::format("`{}`", text()); }
  Diagnostic report(const char* code, std::string message, std::string help = {}) const {
    return error(code, place(), std::move(message), std::move(help));
  }
};

bool begins_formula(TokenKind kind) {
  return kind == TokenKind::NAME || kind == TokenKind::NUMBER || kind == TokenKind::SIZES ||
         kind == TokenKind::PERCENT || kind == TokenKind::STRING || kind == TokenKind::LEFT_PAREN;
}

bool is_infix(TokenKind kind) {
  return (kind >= TokenKind::POWER && kind <= TokenKind::GREATER) || kind == TokenKind::AND || kind == TokenKind::OR;
}

bool is_reserved(TokenKind kind) { return kind >= TokenKind::EXPECT && kind <= TokenKind::FALSE; }

// --- what was expected ----------------------------------------------------------------------------------------------

struct Phrase {
  const char* rule;
  const char* words;
};
/// What a rule is called in messages when it could not begin or its next part could not.
constexpr std::array phrases{
    Phrase{"file", "a declaration"},
    Phrase{"block", "a statement"},
    Phrase{"settings", "a setting"},
    Phrase{"word", "a name"},
    Phrase{"type", "a type"},
    Phrase{"result", "a type"},
    Phrase{"body", "`=` or `{`"},
    Phrase{"declaration", "`=` or `{`"},
    Phrase{"step", "a step"},
    Phrase{"repeat", "a count"},
    Phrase{"subscript", "an index"},
    Phrase{"expression", "a formula"},
    Phrase{"operation", "a formula"},
    Phrase{"operand", "a formula"},
    Phrase{"atom", "a formula"},
    Phrase{"literal", "a value"},
    Phrase{"separator", "the end of the statement"},
};

struct ExpectedToken {
  TokenKind kind;
  const char* rule;  ///< in which it is called so; empty: in every other
  const char* words;
};
constexpr std::array expected_tokens{
    ExpectedToken{TokenKind::RIGHT_PAREN, "atom", "`)`"},
    ExpectedToken{TokenKind::RIGHT_PAREN, "repeat", "`)`"},
    ExpectedToken{TokenKind::RIGHT_PAREN, "step", "`)`"},
    ExpectedToken{TokenKind::RIGHT_PAREN, "", "`,` or `)`"},
    ExpectedToken{TokenKind::RIGHT_BRACKET, "", "`,` or `]`"},
    ExpectedToken{TokenKind::STRING, "", "a text in double quotes"},
    ExpectedToken{TokenKind::NUMBER, "", "a number"},
    ExpectedToken{TokenKind::NAME, "", "a name"},
    ExpectedToken{TokenKind::ASSIGN, "group", "`:`, `=` or `~`"},
    ExpectedToken{TokenKind::ASSIGN, "", "`=`"},
    ExpectedToken{TokenKind::COLON, "", "`:`"},
    ExpectedToken{TokenKind::LEFT_PAREN, "", "`(`"},
    ExpectedToken{TokenKind::LEFT_BRACE, "", "`{`"},
    ExpectedToken{TokenKind::ON, "declaration", "`on`"},
};

/// The words for an expected token; empty if others say it better.
std::string name_expected(TokenKind kind, const std::string& rule) {
  for (const ExpectedToken& row : expected_tokens) {
    if (row.kind == kind && (rule == row.rule || std::string_view(row.rule).empty())) return row.words;
  }
  return "";
}

std::string expectation(const View& view) {
  for (const TokenKind kind : view.fault.expected) {
    if (std::string words = name_expected(kind, view.rule()); !words.empty()) return words;
  }
  const auto phrase = std::ranges::find_if(phrases, [&](const Phrase& p) { return view.rule() == p.rule; });
  return phrase == phrases.end() ? "something else" : phrase->words;
}

// --- common slips: each function knows one --------------------------------------------------------------------------

using Slip = std::optional<Diagnostic>;

/// `x = 3` where `x == 3` or `x: 3` was meant.
Slip assign(const View& view) {
  if (view.kind() != TokenKind::ASSIGN) return std::nullopt;
  if (view.rule() == "expression" && view.expects(TokenKind::COLON)) {
    return view.report("E0113", "`=` does not compare", "write `==`");
  }
  if (view.rule() == "arguments") {
    return view.report("E0113", "a named argument is written with `:`",
                       fmt::format("write `{}: …`; to compare, write `==`", view.text(-1)));
  }
  if (view.is_inside("line") && view.first_of("line") == TokenKind::EXPECT) {
    return view.report("E0113", "`=` does not compare", "write `==`");
  }
  if (view.is_inside("item") && view.first_of("item") == TokenKind::EXPECT) {
    return view.report("E0113", "`=` does not compare", "write `==`");
  }
  if (view.rule() == "atom" && view.expects(TokenKind::RIGHT_PAREN)) {
    return view.report("E0113", "`=` does not compare", "write `==`");
  }
  return std::nullopt;
}

struct ForeignOperator {
  TokenKind first, second;
  const char* help;
};
constexpr std::array foreign_operators{
    ForeignOperator{TokenKind::TIMES, TokenKind::TIMES, "a power is written `x^2`"},
    ForeignOperator{TokenKind::EQUAL, TokenKind::ASSIGN, "write `==`"},
    ForeignOperator{TokenKind::UNEQUAL, TokenKind::ASSIGN, "write `!=`"},
    ForeignOperator{TokenKind::LESS, TokenKind::GREATER, "write `!=`"},
    ForeignOperator{TokenKind::ASSIGN, TokenKind::GREATER, "write `>=`"},
    ForeignOperator{TokenKind::ASSIGN, TokenKind::LESS, "write `<=`"},
    ForeignOperator{TokenKind::COLON, TokenKind::ASSIGN, "write `=`"},
    ForeignOperator{TokenKind::BAR, TokenKind::BAR, "write `or`"},
    ForeignOperator{TokenKind::PLUS, TokenKind::ASSIGN, "write `x = x + 1`; only a state may be assigned again"},
    ForeignOperator{TokenKind::MINUS, TokenKind::ASSIGN, "write `x = x - 1`; only a state may be assigned again"},
    ForeignOperator{TokenKind::TIMES, TokenKind::ASSIGN, "write `x = x * 2`; only a state may be assigned again"},
    ForeignOperator{TokenKind::DIVIDE, TokenKind::ASSIGN, "write `x = x / 2`; only a state may be assigned again"},
    ForeignOperator{TokenKind::POWER, TokenKind::ASSIGN, "write `x = x^2`; only a state may be assigned again"},
    ForeignOperator{TokenKind::PLUS, TokenKind::PLUS, "write `x = x + 1`; only a state may be assigned again"},
};

/// `**`, `+=`, `<>`: two tokens here, one sign elsewhere. The fault is at the second, or at the first of `||`.
Slip foreign_operator(const View& view) {
  for (const int first : {-1, 0}) {
    const Span a = view.span(first), b = view.span(first + 1);
    if (a.end != b.begin || a == b) continue;
    for (const ForeignOperator& foreign : foreign_operators) {
      if (view.kind(first) != foreign.first || view.kind(first + 1) != foreign.second) continue;
      const Span both{a.source, a.begin, b.end};
      return error("E0116", both, fmt::format("`{}` has no meaning here", view.sources.text(both)), foreign.help);
    }
  }
  if (view.kind() == TokenKind::BAR && !view.is_inside("type")) {
    return view.report("E0116", "`|` has no meaning in a formula", "write `or`");
  }
  return std::nullopt;
}

/// `if` without `:` or without `else`.
Slip incomplete_choice(const View& view) {
  if (view.rule() != "expression" || view.fault.expected.empty()) return std::nullopt;
  const char* form = "the whole form is `if c: a else: b`";
  const std::string found = view.found();
  if (view.expects(TokenKind::ELSE)) {
    const std::string next = view.text(view.ends_line() ? 1 : 0);
    if (next == "elif" || next == "elseif") {
      return view.report("E0112", "this `if` has no `else`", "`elif c: …` is written `else: if c: …`");
    }
    Diagnostic diagnostic = view.report("E0112", fmt::format("expected `else:`, found {}", found));
    diagnostic.help = "`if` gives a value, so it needs both: `if c: a else: b`";
    diagnostic.labels = {{view.list[view.fault.rules.front().first].span, "of this `if`"}};
    return diagnostic;
  }
  if (!view.expects(TokenKind::COLON)) return std::nullopt;
  const bool after_else = view.kind(-1) == TokenKind::ELSE;
  const char* where = after_else ? "`else`" : "the condition of `if`";
  return view.report("E0112", fmt::format("expected `:` after {}, found {}", where, found), form);
}

/// `2 * if c: a else: b`
Slip bare_choice(const View& view) {
  if (view.kind() != TokenKind::IF || (view.rule() != "atom" && view.rule() != "step")) return std::nullopt;
  return view.report("E0101", "`if` inside a formula stands in brackets", "write `(if c: a else: b)`");
}

struct ForeignWord {
  const char* word;
  const char* help;
};
constexpr std::array foreign_words{
    ForeignWord{"def", "a definition is written `function f(x) = …`"},
    ForeignWord{"fn", "a definition is written `function f(x) = …`"},
    ForeignWord{"func", "a definition is written `function f(x) = …`"},
    ForeignWord{"fun", "a definition is written `function f(x) = …`"},
    ForeignWord{"lambda", "a definition is written `function f(x) = …`"},
    ForeignWord{"class", "a layer is written `layer f(x: f32[n]) { … }`"},
    ForeignWord{"struct", "a layer is written `layer f(x: f32[n]) { … }`"},
    ForeignWord{"module", "a layer is written `layer f(x: f32[n]) { … }`"},
    ForeignWord{"model", "a net is written `net f(x: f32[n]) -> class[k] { … }`"},
    ForeignWord{"network", "a net is written `net f(x: f32[n]) -> class[k] { … }`"},
    ForeignWord{"dataset", "data is written `data d { source = … }`"},
    ForeignWord{"let", "leave it out: `x = 3`"},
    ForeignWord{"var", "leave it out: `x = 3`"},
    ForeignWord{"val", "leave it out: `x = 3`"},
    ForeignWord{"const", "leave it out: `x = 3`"},
    ForeignWord{"return", "leave it out: the last statement of a body is its result"},
    ForeignWord{"while", "there are no loops: a formula with indices runs over them, `y[i] = x[i]^2`"},
    ForeignWord{"from", "another file is taken in by `import \"blocks.dnn\"`"},
    ForeignWord{"use", "another file is taken in by `import \"blocks.dnn\"`"},
    ForeignWord{"include", "another file is taken in by `import \"blocks.dnn\"`"},
    ForeignWord{"assert", "write `expect`"},
    ForeignWord{"elif", "`elif c: …` is written `else: if c: …`"},
    ForeignWord{"print", "a program prints nothing: `dnnc eval` shows the value of a formula"},
};

/// `def f(x)`, `return y`: the fault is at the second word, or at the first if the line begins with it.
Slip foreign_word(const View& view) {
  for (const int offset : {-1, 0}) {
    if (offset == -1 && view.fault.at == 0) continue;
    if (view.kind(offset) != TokenKind::NAME || !begins_formula(view.kind(offset + 1))) continue;
    const std::string word = view.text(offset);
    const auto known = std::ranges::find_if(foreign_words, [&](const ForeignWord& w) { return word == w.word; });
    if (known == foreign_words.end()) continue;
    return error("E0118", view.span(offset), fmt::format("`{}` has no meaning here", word), known->help);
  }
  return std::nullopt;
}

/// `for i in n: …` or `while`, as a statement.
Slip loop(const View& view) {
  if (view.kind() != TokenKind::FOR || view.rule() != "block") return std::nullopt;
  return view.report("E0118", "there are no loops",
                     "a formula with indices runs over them: `y[i] = x[i]^2 for i in n`");
}

/// `param` at the level of the file, `layer` inside a body, `x[i] = …` outside one.
Slip misplaced(const View& view) {
  const TokenKind kind = view.kind();
  const bool stores = kind == TokenKind::PARAM || kind == TokenKind::STATE || kind == TokenKind::SHARED;
  if (stores && !view.is_inside("block")) {
    return view.report("E0120", fmt::format("`{}` stands in the body of a definition", view.text()));
  }
  if (view.is_inside("block") && view.fault.at > 0 && begins_declaration(view.list, view.fault.at - 1)) {
    return error("E0120", view.span(-1), "a definition cannot stand inside another",
                 fmt::format("move `{} {}` to the level of the file", view.text(-1), view.text()));
  }
  const bool constant =
      view.rule() == "declaration" && view.expects(TokenKind::ASSIGN) && view.fault.rules[0].parts == 1;
  if (constant && (kind == TokenKind::LEFT_BRACKET || kind == TokenKind::ARROW || kind == TokenKind::COMMA)) {
    return error("E0120", view.span(-1), "this statement stands in the body of a definition",
                 "a file holds declarations: constants, definitions, `data`, `train`, `expect`");
  }
  return std::nullopt;
}

/// `lyer dense(…)`
Slip misspelt_declaration(const View& view) {
  const bool constant =
      view.rule() == "declaration" && view.expects(TokenKind::ASSIGN) && view.fault.rules[0].parts == 1;
  if (!constant || view.kind() != TokenKind::NAME) return std::nullopt;
  static const std::vector<std::string> words{"import", "data", "train",  "function",  "activation", "layer",
                                              "net",    "loss", "metric", "optimizer", "expect"};
  Diagnostic diagnostic = error("E0101", view.span(-1), fmt::format("`{}` begins no declaration", view.text(-1)));
  if (const auto word = nearest(view.text(-1), words)) {
    diagnostic.help = fmt::format("did you mean `{}`?", *word);
    diagnostic.replacement = *word;
  } else {
    diagnostic.help =
        "it begins with import, data, train, expect, function, activation, layer, net, loss, metric or optimizer";
  }
  return diagnostic;
}

/// `param in: f32`
Slip reserved_name(const View& view) {
  const bool wants_name = view.rule() == "word" || (view.rule() == "declaration" && view.expects(TokenKind::NAME));
  if (!is_reserved(view.kind()) || !(wants_name || (view.rule() == "block" && view.kind(1) == TokenKind::ASSIGN))) {
    return std::nullopt;
  }
  return view.report("E0115", fmt::format("`{}` is a reserved word and cannot be a name", view.text()),
                     "take another name");
}

/// `.5`, `3.`
Slip number_part(const View& view) {
  if (view.kind() == TokenKind::DOT && view.kind(1) == TokenKind::NUMBER) {
    return view.report("E0117", "a number begins with a digit", fmt::format("write `0.{}`", view.text(1)));
  }
  const bool after_dot = view.kind(-1) == TokenKind::DOT && view.kind(-2) == TokenKind::NUMBER && view.rule() == "word";
  if (!after_dot) return std::nullopt;
  return error("E0117", view.span(-1), "a number ends with a digit", fmt::format("write `{}.0`", view.text(-2)));
}

/// `10%3`: the sign belongs to the number.
Slip percent(const View& view) {
  if (view.kind(-1) != TokenKind::PERCENT || !begins_formula(view.kind())) return std::nullopt;
  const std::string number = view.text(-1).substr(0, view.text(-1).size() - 1);
  return error("E0101", view.span(-1), fmt::format("`{}` is a percentage", view.text(-1)),
               fmt::format("for the remainder put a blank before the sign: `{} % {}`", number, view.text()));
}

/// `x -> f + 1`: `->` binds least.
Slip operator_after_step(const View& view) {
  const bool after_statement = view.rule() == "separator" || view.rule() == "arguments" || view.rule() == "atom";
  if (!after_statement || !is_infix(view.kind())) return std::nullopt;
  return view.report("E0101", fmt::format("`{}` cannot follow a step", view.text()),
                     "put the chain in brackets: `(x -> f) + 1`");
}

/// A parameter's type or default in the Python manner has other slips; a comma that ends a statement is one here.
Slip trailing_comma(const View& view) {
  const bool wanted = view.rule() == "atom" || view.rule() == "word";
  if (view.kind(-1) != TokenKind::COMMA || !wanted || begins_formula(view.kind())) return std::nullopt;
  return error("E0101", view.span(-1), fmt::format("expected {} after `,`, found {}", expectation(view), view.found()),
               "delete the comma, or go on");
}

constexpr std::array slips{assign,  foreign_operator,    incomplete_choice,    bare_choice,   foreign_word,
                           loop,    misplaced,           misspelt_declaration, reserved_name, number_part,
                           percent, operator_after_step, trailing_comma};

}  // namespace

Diagnostic describe(const SyntaxFault& fault, const Tokens& tokens, const Sources& sources) {
  const View view{fault, tokens.list, sources};
  for (const auto& slip : slips) {
    if (auto diagnostic = slip(view)) return *diagnostic;
  }
  return view.report("E0101", fmt::format("expected {}, found {}", expectation(view), view.found()));
}

}  // namespace dnnc
