#include <fmt/format.h>

#include <algorithm>

#include "compiler/syntax/tokens.h"

namespace dnnc {

bool opens(TokenKind kind) {
  return kind == TokenKind::LEFT_PAREN || kind == TokenKind::LEFT_BRACKET || kind == TokenKind::LEFT_BRACE;
}

bool closes(TokenKind kind) {
  return kind == TokenKind::RIGHT_PAREN || kind == TokenKind::RIGHT_BRACKET || kind == TokenKind::RIGHT_BRACE;
}

TokenKind partner(TokenKind opening) {
  if (opening == TokenKind::LEFT_PAREN) return TokenKind::RIGHT_PAREN;
  return opening == TokenKind::LEFT_BRACKET ? TokenKind::RIGHT_BRACKET : TokenKind::RIGHT_BRACE;
}

bool is_kind(TokenKind kind) { return kind >= TokenKind::FUNCTION && kind <= TokenKind::OPTIMIZER; }

bool begins_declaration(const std::vector<Token>& tokens, size_t at) {
  const auto kind = [&](size_t ahead) {
    return at + ahead < tokens.size() ? tokens[at + ahead].kind : TokenKind::NEWLINE;
  };
  if (kind(0) == TokenKind::IMPORT) return kind(1) == TokenKind::STRING;
  if (kind(1) != TokenKind::NAME) return false;
  if (kind(0) == TokenKind::DATA) return kind(2) == TokenKind::LEFT_BRACE;
  if (kind(0) == TokenKind::TRAIN) return kind(2) == TokenKind::ON;
  return is_kind(kind(0)) && kind(2) == TokenKind::LEFT_PAREN;
}

namespace {

/// `param`, `state`, `shared`, `expect`, `NAME =`, `NAME[…] =`: cannot stand inside of a formula.
bool begins_statement(const std::vector<Token>& tokens, size_t at) {
  constexpr size_t most_ahead = 40;
  const TokenKind first = tokens[at].kind;
  if (first >= TokenKind::EXPECT && first <= TokenKind::SHARED) return true;
  size_t next = at + 1;
  if (first != TokenKind::NAME || next >= tokens.size()) return false;
  if (tokens[next].kind == TokenKind::LEFT_BRACKET) {
    const size_t end = std::min(tokens.size(), at + most_ahead);
    while (next < end && tokens[next].kind != TokenKind::RIGHT_BRACKET && tokens[next].kind != TokenKind::NEWLINE)
      ++next;
    ++next;
  }
  return next < tokens.size() && tokens[next].kind == TokenKind::ASSIGN;
}

class Matcher {
 public:
  Matcher(Tokens& tokens, Diagnostics& diagnostics) : tokens_(tokens), diagnostics_(diagnostics) {}

  void run() {
    const std::vector<Token> list = std::move(tokens_.list);
    for (size_t i = 0; i < list.size(); ++i) {
      const Token& token = list[i];
      if (i > 0 && list[i - 1].kind == TokenKind::NEWLINE) close_before(list, i);
      if (token.kind == TokenKind::UNCLOSED_STRING) take_unclosed_string(token);
      else if (closes(token.kind)) take_closing(token);
      else take(token);
    }
    const auto end = uint32_t(diagnostics_.sources().text(tokens_.source).size());
    close_all({TokenKind::NEWLINE, {tokens_.source, end, end}}, "the file ends before it");
  }

 private:
  int column(const Token& token) const { return place(token).column; }
  Position place(const Token& token) const {
    return diagnostics_.sources().position(token.span.source, token.span.begin);
  }
  std::string text(const Token& token) const { return std::string(diagnostics_.sources().text(token.span)); }

  /// A line that begins a declaration or statement ends what is still open and cannot hold one. The brackets are closed
  /// on the line before, so that both lines are read.
  void close_before(const std::vector<Token>& list, size_t at) {
    if (open_.empty()) return;
    const bool declaration = column(list[at]) == 1 && begins_declaration(list, at);
    const bool statement = in_formula() && begins_statement(list, at);
    if (!declaration && !statement) return;
    size_t newlines = 0;
    for (; tokens_.list.back().kind == TokenKind::NEWLINE; ++newlines) tokens_.list.pop_back();
    if (declaration) close_all(list[at], "a declaration begins before it");
    else close_formula(list[at], "a statement begins before it");
    for (; newlines > 0; --newlines) tokens_.list.push_back(list[at - newlines]);
  }

  /// True inside `(` or `[`, but for the parameters of a definition, where lines like `bias = true` stand.
  bool in_formula() const {
    if (open_.back().kind == TokenKind::LEFT_BRACE) return false;
    return std::ranges::none_of(open_, [&](const Token& token) { return token.span == parameters_; });
  }

  void take(const Token& token) {
    const bool inside = !open_.empty() && open_.back().kind != TokenKind::LEFT_BRACE;
    if (token.kind == TokenKind::LEFT_BRACE && inside) close_formula(token, "a block begins before it");
    if (opens(token.kind)) open_.push_back(token);
    const size_t n = tokens_.list.size();
    const bool parameters = token.kind == TokenKind::LEFT_PAREN && n >= 2 && is_kind(tokens_.list[n - 2].kind);
    if (parameters) parameters_ = token.span;
    tokens_.list.push_back(token);
  }

  /// The closing quote is missing, and with it, as a rule, the brackets that the line would have closed behind it.
  void take_unclosed_string(const Token& token) {
    tokens_.list.push_back({TokenKind::STRING, token.span});
    const bool closes_block = text(token).find('}') != std::string::npos;
    while (!open_.empty() && place(open_.back()).line == place(token).line) {
      if (open_.back().kind == TokenKind::LEFT_BRACE && !closes_block) break;
      close(token.span.end);
    }
  }

  void take_closing(const Token& token) {
    if (!open_.empty() && partner(open_.back().kind) == token.kind) {
      open_.pop_back();
      tokens_.list.push_back(token);
    } else if (const auto fitting = find_partner(token)) {
      report_unclosed(token, "this closes one further out", *fitting + 1);
      while (open_.size() > *fitting + 1) close(token.span.begin);
      open_.pop_back();
      tokens_.list.push_back(token);
    } else if (!open_.empty() && open_.back().kind != TokenKind::LEFT_BRACE && token.kind != TokenKind::RIGHT_BRACE) {
      report_wrong(token);
      close(token.span.begin);
    } else {
      // A name in its place, so that a line that ends with an operator does not go on in the next.
      tokens_.list.push_back({TokenKind::NAME, token.span});
      Diagnostic alone = error("E0107", token.span, fmt::format("`{}` closes nothing", text(token)), "delete it");
      diagnostics_.report(with_replacement(std::move(alone), token.span, ""));
      settle_line(token.span, tokens_, diagnostics_);
    }
  }

  /// The opening bracket that `token` closes if those inside it were forgotten. `)` and `]` do not reach out of `{`.
  std::optional<size_t> find_partner(const Token& token) const {
    for (size_t i = open_.size(); i > 0; --i) {
      if (partner(open_[i - 1].kind) == token.kind) return i - 1;
      if (open_[i - 1].kind == TokenKind::LEFT_BRACE) return std::nullopt;
    }
    return std::nullopt;
  }

  void close_all(const Token& before, const std::string& why) {
    if (open_.empty()) return;
    report_unclosed(before, why, 0);
    while (!open_.empty()) close(before.span.begin);
  }

  void close_formula(const Token& before, const std::string& why) {
    size_t kept = open_.size();
    while (kept > 0 && open_[kept - 1].kind != TokenKind::LEFT_BRACE) --kept;
    report_unclosed(before, why, kept);
    while (open_.size() > kept) close(before.span.begin);
  }

  /// Puts the missing bracket in.
  void close(uint32_t at) {
    tokens_.list.push_back({partner(open_.back().kind), {tokens_.source, at, at}});
    open_.pop_back();
  }

  /// All brackets but the outer `kept` ones are to be closed behind the last token.
  void report_unclosed(const Token& before, const std::string& why, size_t kept) {
    const Token& opening = open_.back();
    Diagnostic diagnostic = error("E0106", opening.span, fmt::format("`{}` is not closed", text(opening)));
    diagnostic.labels = {{before.span, why}};
    std::string closing;
    for (size_t i = open_.size(); i > kept; --i) closing += closing_text(open_[i - 1]);
    const uint32_t end = end_of_last_token();
    diagnostic.help = fmt::format("add `{}`", closing);
    diagnostic.replacement = {{tokens_.source, end, end}, closing};
    diagnostics_.report(diagnostic);
    tokens_.settled.push_back({tokens_.source, opening.span.begin, before.span.begin});
  }

  uint32_t end_of_last_token() const {
    const auto last = std::ranges::find_if(tokens_.list.rbegin(), tokens_.list.rend(),
                                           [](const Token& token) { return token.kind != TokenKind::NEWLINE; });
    return last == tokens_.list.rend() ? 0 : last->span.end;
  }

  void report_wrong(const Token& token) {
    const Token& opening = open_.back();
    Diagnostic diagnostic =
        error("E0107", token.span, fmt::format("`{}` cannot close `{}`", text(token), text(opening)));
    diagnostic.labels = {{opening.span, "opened here"}};
    diagnostic.help = fmt::format("write `{}`", closing_text(opening));
    diagnostic.replacement = {token.span, closing_text(opening)};
    diagnostics_.report(diagnostic);
  }

  static std::string closing_text(const Token& opening) {
    if (opening.kind == TokenKind::LEFT_PAREN) return ")";
    return opening.kind == TokenKind::LEFT_BRACKET ? "]" : "}";
  }

  Tokens& tokens_;
  Diagnostics& diagnostics_;
  std::vector<Token> open_;
  Span parameters_;  ///< the bracket of the last definition's parameters
};

}  // namespace

void match_brackets(Tokens& tokens, Diagnostics& diagnostics) { Matcher(tokens, diagnostics).run(); }

}  // namespace dnnc
