#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "compiler/syntax/syntax_fault.h"

/// Inside of describe(): the tokens around a fault, and the slips that are looked for there.
namespace dnnc {

/// The tokens around a fault.
struct FaultView {
  const SyntaxFault& fault;
  const std::vector<Token>& list;
  const Sources& sources;

  bool has(int offset) const {
    const long index = long(fault.at) + offset;
    return index >= 0 && index < long(list.size());
  }
  TokenKind kind(int offset = 0) const {
    return has(offset) ? list[size_t(long(fault.at) + offset)].kind : TokenKind::NEWLINE;
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
  /// True if what is seen is the end of a line: its newline, or the `}` that ends a block on a later line.
  bool ends_line() const {
    if (kind() != TokenKind::NEWLINE) return false;
    const std::string shown = text();
    const bool newline = shown.empty() || shown[0] == '\n' || shown[0] == '\r';
    return newline || (has(-1) && begins_line(0));
  }
  /// Where the carets go: what is missing at the end of a line is missed right after its last token.
  Span place() const {
    if (!ends_line() || fault.at == 0) return span();
    const Span before = span(-1);
    return {before.source, before.end, before.end};
  }
  /// True if a line ends between the token before `offset` and the one at it.
  bool begins_line(int offset) const {
    if (!has(offset - 1)) return true;
    const Span gap{span(offset).source, span(offset - 1).end, span(offset).begin};
    return sources.text(gap).find_first_of("\r\n") != std::string_view::npos;
  }
  /// Offset of the first token of the fault's line; of a very long line, of a token in it.
  int start_of_line() const {
    constexpr int most = 1000;
    int first = 0;
    while (first > -most && !begins_line(first)) --first;
    return first;
  }
  /// Offset of the first token of the setting or statement that the fault is in.
  int start_of_setting() const {
    constexpr int most = 1000;
    int first = std::min(0, static_cast<int>(list.size()) - 1 - static_cast<int>(fault.at));
    while (first > -most && has(first - 1)) {
      const TokenKind before = kind(first - 1);
      if (before == TokenKind::NEWLINE || before == TokenKind::SEMICOLON || before == TokenKind::LEFT_BRACE) break;
      --first;
    }
    return first;
  }
  /// From the fault to the end of the statement, or to the comma or bracket that ends the formula in it.
  Span rest_of_formula() const {
    int depth = 0, offset = 0;
    for (; has(offset); ++offset) {
      const TokenKind kind = this->kind(offset);
      if (kind == TokenKind::NEWLINE || kind == TokenKind::SEMICOLON) break;
      if (depth == 0 && (closes(kind) || kind == TokenKind::COMMA)) break;
      depth += opens(kind) ? 1 : closes(kind) ? -1 : 0;
    }
    return {span().source, span().begin, span(std::max(offset - 1, 0)).end};
  }
  /// From the fault to the last token before the bracket that closes what it stands in.
  Span rest_of_brackets() const {
    int depth = 0, offset = 0;
    for (; has(offset) && !(depth == 0 && closes(kind(offset))); ++offset)
      depth += opens(kind(offset)) ? 1 : closes(kind(offset)) ? -1 : 0;
    return {span().source, span().begin, span(std::max(offset - 1, 0)).end};
  }
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

inline bool begins_formula(TokenKind kind) {
  return kind == TokenKind::NAME || kind == TokenKind::NUMBER || kind == TokenKind::SIZES ||
         kind == TokenKind::PERCENT || kind == TokenKind::STRING || kind == TokenKind::LEFT_PAREN;
}

inline bool is_infix(TokenKind kind) {
  return (kind >= TokenKind::POWER && kind <= TokenKind::GREATER) || kind == TokenKind::AND || kind == TokenKind::OR;
}

inline bool is_reserved(TokenKind kind) { return kind >= TokenKind::EXPECT && kind <= TokenKind::FALSE; }

using Slip = std::optional<Diagnostic>;

/// What could have stood at the fault: "`,` or `)`".
std::string expectation(const FaultView& view);
/// A slip in how statements and declarations begin, end and are named.
Slip find_statement_slip(const FaultView& view);
/// A construction of another language that is more than a sign or a word.
Slip find_foreign_slip(const FaultView& view);
/// A slip inside a formula.
Slip find_formula_slip(const FaultView& view);

/// `x += 1`; `first` is the place of its first sign, `here` the operator.
Diagnostic reassigned(const FaultView& view, Diagnostic diagnostic, int first, const std::string& here);

bool is_elif(const FaultView& view, int offset);
Diagnostic elif_instead(const FaultView& view, int offset);
/// `3.`; `dot` is the place of the point.
Diagnostic digit_missing(const FaultView& view, int dot);

}  // namespace dnnc
