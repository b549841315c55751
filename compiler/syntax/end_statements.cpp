#include <algorithm>
#include <array>

#include "compiler/syntax/tokens.h"

namespace dnnc {
namespace {

/// A line that begins with one of these goes on with the statement above it. `-` is a case of its own.
constexpr std::array continues_before{
    TokenKind::ARROW,         TokenKind::POWER,      TokenKind::TIMES,      TokenKind::FLOOR_DIVIDE,
    TokenKind::DIVIDE,        TokenKind::MODULO,     TokenKind::PLUS,       TokenKind::EQUAL,
    TokenKind::UNEQUAL,       TokenKind::LESS_EQUAL, TokenKind::LESS,       TokenKind::GREATER,
    TokenKind::GREATER_EQUAL, TokenKind::ASSIGN,     TokenKind::DRAWN,      TokenKind::COLON,
    TokenKind::COMMA,         TokenKind::DOT,        TokenKind::BAR,        TokenKind::LEFT_BRACE,
    TokenKind::ELSE,          TokenKind::AND,        TokenKind::OR,         TokenKind::AS,
    TokenKind::FOR,           TokenKind::IN,         TokenKind::DERIVATIVE,
};

/// A line that ends with one of these goes on in the next.
constexpr std::array continues_after{
    TokenKind::ARROW,         TokenKind::POWER,  TokenKind::TIMES,
    TokenKind::FLOOR_DIVIDE,  TokenKind::DIVIDE, TokenKind::MODULO,
    TokenKind::PLUS,          TokenKind::EQUAL,  TokenKind::UNEQUAL,
    TokenKind::LESS_EQUAL,    TokenKind::LESS,   TokenKind::GREATER,
    TokenKind::GREATER_EQUAL, TokenKind::ASSIGN, TokenKind::DRAWN,
    TokenKind::COLON,         TokenKind::COMMA,  TokenKind::DOT,
    TokenKind::BAR,           TokenKind::MINUS,  TokenKind::ELSE,
    TokenKind::AND,           TokenKind::OR,     TokenKind::AS,
    TokenKind::FOR,           TokenKind::IN,     TokenKind::DERIVATIVE,
    TokenKind::NOT,           TokenKind::IF,     TokenKind::PARAM,
    TokenKind::STATE,         TokenKind::SHARED, TokenKind::EXPECT,
};

template <size_t n>
bool is_one_of(TokenKind kind, const std::array<TokenKind, n>& kinds) {
  return std::ranges::find(kinds, kind) != kinds.end();
}

bool is_separator(TokenKind kind) { return kind == TokenKind::NEWLINE || kind == TokenKind::SEMICOLON; }

/// True if the line that begins at `next` goes on with the one above: `- x` does, `-x` begins a statement.
bool goes_on(const std::vector<Token>& tokens, size_t next) {
  if (next >= tokens.size()) return false;
  if (is_one_of(tokens[next].kind, continues_before)) return true;
  const bool minus = tokens[next].kind == TokenKind::MINUS;
  return minus && next + 1 < tokens.size() && tokens[next + 1].span.begin > tokens[next].span.end;
}

class StatementEnds {
 public:
  explicit StatementEnds(const std::vector<Token>& all) : all_(all) { kept_.reserve(all.size() + 16); }

  std::vector<Token> run() {
    for (size_t i = 0; i < all_.size(); ++i) {
      const Token& token = all_[i];
      if (token.kind == TokenKind::NEWLINE) take_newline(i);
      else if (token.kind == TokenKind::SEMICOLON) end_statement(token.span);
      else take(token);
    }
    if (!all_.empty()) end_statement({all_.back().span.source, all_.back().span.end, all_.back().span.end});
    return std::move(kept_);
  }

 private:
  bool in_formula() const { return !open_.empty() && open_.back() != TokenKind::LEFT_BRACE; }

  /// Ends the statement before it, if there is one.
  void end_statement(Span span, TokenKind kind = TokenKind::NEWLINE) {
    const bool nothing_to_end =
        kept_.empty() || is_separator(kept_.back().kind) || (kept_.back().kind == TokenKind::LEFT_BRACE);
    if (!nothing_to_end) kept_.push_back({kind, span});
  }

  void take_newline(size_t at) {
    if (in_formula()) return;
    size_t next = at + 1;
    while (next < all_.size() && all_[next].kind == TokenKind::NEWLINE) ++next;
    if (goes_on(all_, next)) return;
    if (!kept_.empty() && is_one_of(kept_.back().kind, continues_after)) return;
    end_statement(all_[at].span);
  }

  void take(const Token& token) {
    if (opens(token.kind)) open_.push_back(token.kind);
    if (closes(token.kind)) {
      if (!open_.empty()) open_.pop_back();
      if (token.kind == TokenKind::RIGHT_BRACE) end_statement(token.span);
      else drop_last_comma();
    }
    kept_.push_back(token);
  }

  /// In brackets a comma may follow the last of a list.
  void drop_last_comma() {
    const size_t n = kept_.size();
    if (n < 2 || kept_[n - 1].kind != TokenKind::COMMA) return;
    if (!opens(kept_[n - 2].kind) && kept_[n - 2].kind != TokenKind::COMMA) kept_.pop_back();
  }

  const std::vector<Token>& all_;
  std::vector<Token> kept_;
  std::vector<TokenKind> open_;
};

}  // namespace

void end_statements(Tokens& tokens) { tokens.list = StatementEnds(tokens.list).run(); }

}  // namespace dnnc
