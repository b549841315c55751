#include <array>

#include "compiler/syntax/fault_view.h"

namespace dnnc {

bool is_elif(const FaultView& view, int offset) {
  return view.kind(offset) == TokenKind::NAME && (view.text(offset) == "elif" || view.text(offset) == "elseif");
}

Diagnostic elif_instead(const FaultView& view, int offset) {
  return with_replacement(
      error("E0112", view.span(offset), fmt::format("`{}` has no meaning here", view.text(offset)), "write `else: if`"),
      view.span(offset), "else: if");
}

Diagnostic digit_missing(const FaultView& view, int dot) {
  const Span end{view.span(dot).source, view.span(dot).end, view.span(dot).end};
  return with_replacement(
      error("E0117", view.span(dot), "a number ends with a digit", fmt::format("write `{}.0`", view.text(dot - 1))),
      end, "0");
}

namespace {

Diagnostic comparison_meant(const FaultView& view) {
  return with_replacement(view.report("E0113", "`=` does not compare", "write `==`"), view.span(), "==");
}

/// `x = 3` where `x == 3` was meant.
Slip assign(const FaultView& view) {
  const bool half = view.kind(1) == TokenKind::GREATER && view.span(1).begin == view.span().end;  // of `=>`
  if (view.kind() != TokenKind::ASSIGN || half) return std::nullopt;
  const bool in_condition = view.rule() == "expression" && view.expects(TokenKind::COLON);
  const bool in_brackets =
      view.rule() == "arguments" || (view.rule() == "atom" && view.expects(TokenKind::RIGHT_PAREN));
  const bool in_expect = view.first_of("line") == TokenKind::EXPECT || view.first_of("item") == TokenKind::EXPECT;
  if (!in_condition && !in_brackets && !in_expect) return std::nullopt;
  return comparison_meant(view);
}

struct ForeignOperator {
  TokenKind first, second;
  const char* here;  ///< what is written for it; of an assignment the operator
};

constexpr std::array foreign_operators{
    ForeignOperator{TokenKind::TIMES, TokenKind::TIMES, "^"},
    ForeignOperator{TokenKind::EQUAL, TokenKind::ASSIGN, "=="},
    ForeignOperator{TokenKind::UNEQUAL, TokenKind::ASSIGN, "!="},
    ForeignOperator{TokenKind::LESS, TokenKind::GREATER, "!="},
    ForeignOperator{TokenKind::ASSIGN, TokenKind::GREATER, ">="},
    ForeignOperator{TokenKind::ASSIGN, TokenKind::LESS, "<="},
    ForeignOperator{TokenKind::COLON, TokenKind::ASSIGN, "="},
    ForeignOperator{TokenKind::BAR, TokenKind::BAR, "or"},
    ForeignOperator{TokenKind::BAR, TokenKind::GREATER, "->"},
    ForeignOperator{TokenKind::PLUS, TokenKind::ASSIGN, "+"},
    ForeignOperator{TokenKind::MINUS, TokenKind::ASSIGN, "-"},
    ForeignOperator{TokenKind::TIMES, TokenKind::ASSIGN, "*"},
    ForeignOperator{TokenKind::DIVIDE, TokenKind::ASSIGN, "/"},
    ForeignOperator{TokenKind::FLOOR_DIVIDE, TokenKind::ASSIGN, "//"},
    ForeignOperator{TokenKind::MODULO, TokenKind::ASSIGN, "%"},
    ForeignOperator{TokenKind::POWER, TokenKind::ASSIGN, "^"},
    ForeignOperator{TokenKind::PLUS, TokenKind::PLUS, "+"},
};

/// What `=>` means elsewhere: `>=` in a condition, or an arrow.
const char* wide_arrow_meant(const FaultView& view, int first) {
  for (int offset = first - 1; view.has(offset); --offset) {
    const TokenKind kind = view.kind(offset);
    if (kind == TokenKind::IF || kind == TokenKind::EXPECT || is_infix(kind)) return ">=";
    if (kind == TokenKind::ASSIGN) return view.kind(first + 3) == TokenKind::LEFT_PAREN ? "->" : ">=";
    if (kind == TokenKind::NEWLINE || kind == TokenKind::SEMICOLON || kind == TokenKind::LEFT_BRACE) break;
  }
  return "->";
}

/// `x -> (a => a * 2)`
bool is_function_without_a_name(const FaultView& view, int first) {
  return view.kind(first) == TokenKind::ASSIGN && view.kind(first + 1) == TokenKind::GREATER &&
         view.kind(first - 1) == TokenKind::NAME && view.kind(first - 2) == TokenKind::LEFT_PAREN &&
         (view.kind(first - 3) == TokenKind::ARROW || view.kind(first - 3) == TokenKind::COMMA);
}

/// `**`, `+=`, `<>`: two tokens here, one sign elsewhere. The fault is at the second, or at the first of `||`.
Slip foreign_operator(const FaultView& view) {
  for (const int first : {-1, 0}) {
    const Span a = view.span(first), b = view.span(first + 1);
    if (a.end != b.begin || a == b) continue;
    for (const ForeignOperator& foreign : foreign_operators) {
      if (view.kind(first) != foreign.first || view.kind(first + 1) != foreign.second) continue;
      const Span both{a.source, a.begin, b.end};
      Diagnostic diagnostic = error("E0116", both, fmt::format("`{}` has no meaning here", view.sources.text(both)));
      const bool assigns = is_infix(foreign.first) && foreign.first <= TokenKind::MINUS;
      const bool power = foreign.first == foreign.second && foreign.second == TokenKind::TIMES;
      if (assigns && !power) return reassigned(view, std::move(diagnostic), first, foreign.here);
      if (is_function_without_a_name(view, first)) {
        diagnostic.help = "a function has a name: `function f(x) = …`, and stands as a step: `-> f`";
        return diagnostic;
      }
      const bool arrow = foreign.first == TokenKind::ASSIGN && foreign.second == TokenKind::GREATER;
      const char* here = arrow ? wide_arrow_meant(view, first) : foreign.here;
      diagnostic.help = fmt::format("write `{}`", here);
      return with_replacement(std::move(diagnostic), both, word_for_signs(both, here, view.sources));
    }
  }
  if (view.kind() == TokenKind::BAR && !view.is_inside("type")) {
    return with_replacement(view.report("E0116", "`|` has no meaning in a formula", "write `or`"), view.span(),
                            word_for_signs(view.span(), "or", view.sources));
  }
  return std::nullopt;
}

/// `if` without `:` or without `else`.
Slip incomplete_choice(const FaultView& view) {
  if (view.rule() != "expression" || view.fault.expected.empty()) return std::nullopt;
  const char* form = "the whole form is `if c: a else: b`";
  const std::string found = view.found();
  if (view.expects(TokenKind::ELSE)) {
    if (is_elif(view, view.ends_line() ? 1 : 0)) return elif_instead(view, view.ends_line() ? 1 : 0);
    Diagnostic diagnostic = view.report("E0112", fmt::format("expected `else:`, found {}", found));
    diagnostic.help = "`if` gives a value, so it needs both: `if c: a else: b`";
    diagnostic.labels = {{view.list[view.fault.rules.front().first].span, "of this `if`"}};
    return diagnostic;
  }
  if (!view.expects(TokenKind::COLON)) return std::nullopt;
  const bool after_else = view.kind(-1) == TokenKind::ELSE;
  const char* where = after_else ? "`else`" : "the condition of `if`";
  Diagnostic diagnostic = view.report("E0112", fmt::format("expected `:` after {}, found {}", where, found), form);
  if (!begins_formula(view.kind()) || view.begins_line(0)) return diagnostic;
  diagnostic.help = "put `:` before it";
  const Span before{view.span().source, view.span(-1).end, view.span(-1).end};
  return with_replacement(std::move(diagnostic), before, ":");
}

/// `2 * if c: a else: b`
Slip bare_choice(const FaultView& view) {
  if (view.kind() != TokenKind::IF || (view.rule() != "atom" && view.rule() != "step")) return std::nullopt;
  const Span choice = view.rest_of_formula();
  return with_replacement(
      view.report("E0101", "`if` inside a formula stands in brackets", "put it in brackets: `(if c: a else: b)`"),
      choice, fmt::format("({})", view.sources.text(choice)));
}

/// `.5`, `3.`
Slip number_part(const FaultView& view) {
  if (view.kind() == TokenKind::DOT && view.kind(1) == TokenKind::NUMBER) {
    const Span before{view.span().source, view.span().begin, view.span().begin};
    return with_replacement(
        view.report("E0117", "a number begins with a digit", fmt::format("write `0.{}`", view.text(1))), before, "0");
  }
  const bool after_dot = view.kind(-1) == TokenKind::DOT && view.kind(-2) == TokenKind::NUMBER && view.rule() == "word";
  if (!after_dot) return std::nullopt;
  return digit_missing(view, -1);
}

/// `3 x 3`
Slip spaced_sizes(const FaultView& view) {
  const bool spaced = view.kind() == TokenKind::NUMBER && view.kind(-1) == TokenKind::NAME && view.text(-1) == "x" &&
                      view.kind(-2) == TokenKind::NUMBER;
  if (!spaced) return std::nullopt;
  const Span all{view.span().source, view.span(-2).begin, view.span().end};
  const std::string size = fmt::format("{}x{}", view.text(-2), view.text());
  return with_replacement(error("E0101", all, "a size is written without blanks", fmt::format("write `{}`", size)), all,
                          size);
}

/// `10%3`: the sign belongs to the number.
Slip percent(const FaultView& view) {
  if (view.kind(-1) != TokenKind::PERCENT || !begins_formula(view.kind())) return std::nullopt;
  const std::string number = view.text(-1).substr(0, view.text(-1).size() - 1);
  const Span operation{view.span().source, view.span(-1).begin, view.span().begin};
  return with_replacement(
      error("E0101", view.span(-1), fmt::format("`{}` is a percentage", view.text(-1)),
            fmt::format("for the remainder put a blank before the sign: `{} % {}`", number, view.text())),
      operation, number + " % ");
}

/// True if an arrow stands before the fault in its statement or brackets.
bool in_chain(const FaultView& view) {
  for (int offset = -1; view.has(offset); --offset) {
    const TokenKind kind = view.kind(offset);
    if (kind == TokenKind::ARROW) return true;
    if (kind == TokenKind::NEWLINE || kind == TokenKind::SEMICOLON) return false;
  }
  return false;
}

/// `x -> f + 1`: `->` binds least.
Slip operator_after_step(const FaultView& view) {
  if (view.fault.expected.empty() || !is_infix(view.kind()) || !in_chain(view)) return std::nullopt;
  return view.report("E0101", fmt::format("`{}` cannot follow a step", view.text()),
                     "put the chain in brackets: `(x -> f) + 1`");
}

/// A parameter's type or default in the Python manner has other slips; a comma that ends a statement is one here.
Slip trailing_comma(const FaultView& view) {
  const bool wanted = view.rule() == "atom" || view.rule() == "word" || view.rule() == "expression";
  if (view.kind(-1) != TokenKind::COMMA || !wanted || begins_formula(view.kind())) return std::nullopt;
  return with_replacement(
      error("E0101", view.span(-1), fmt::format("expected {} after `,`, found {}", expectation(view), view.found()),
            "delete the comma, or go on"),
      view.span(-1), "");
}

/// The token that opens the brackets around the fault, and the last `else` between them and the fault; offsets, 0 if
/// there is none.
struct AroundElse {
  int bracket = 0, word = 0;
};

AroundElse look_around(const FaultView& view) {
  AroundElse found;
  int depth = 0;
  for (int offset = -1; view.has(offset); --offset) {
    const TokenKind kind = view.kind(offset);
    if (kind == TokenKind::ELSE && depth == 0 && found.word == 0) found.word = offset;
    if (opens(kind) && depth == 0) return {offset, found.word};
    depth += closes(kind) ? 1 : opens(kind) ? -1 : 0;
  }
  return {};
}

/// `x[i - 1 else 0, j]`: the value outside belongs to the element, not to one subscript.
Slip else_between_subscripts(const FaultView& view) {
  if (view.kind() != TokenKind::COMMA || !view.expects(TokenKind::RIGHT_BRACKET)) return std::nullopt;
  const auto [bracket, word] = look_around(view);
  if (view.kind(bracket) != TokenKind::LEFT_BRACKET || word == 0 || view.kind(word + 1) == TokenKind::COLON)
    return std::nullopt;
  const Span outside{view.span().source, view.span(word).begin, view.span(-1).end};
  Diagnostic diagnostic = error("E0101", outside, "`else` stands behind the last subscript");
  diagnostic.labels = {{view.span(), "more subscripts follow"}};
  const Span others = view.rest_of_brackets();
  const Span rest{outside.source, view.span(word - 1).end, others.end};
  const std::string value(view.sources.text(outside)), after(view.sources.text(others));
  // The same again behind the last one needs no second time.
  const bool said = after.ends_with(" " + value);
  if (!said && after.find("else") != std::string::npos) return diagnostic;
  diagnostic.help = said ? "delete it here" : fmt::format("put `{}` behind the last", value);
  return with_replacement(std::move(diagnostic), rest, said ? after : fmt::format("{} {}", after, value));
}

/// In this order: a slip that is known more surely comes first.
constexpr std::array formula_slips{
    assign,  foreign_operator,    incomplete_choice,       bare_choice,   number_part, spaced_sizes,
    percent, operator_after_step, else_between_subscripts, trailing_comma};

}  // namespace

Slip find_formula_slip(const FaultView& view) {
  for (const auto& slip : formula_slips) {
    if (auto diagnostic = slip(view)) return diagnostic;
  }
  return std::nullopt;
}

}  // namespace dnnc
