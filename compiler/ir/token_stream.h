#pragma once
#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "compiler/ir/lexer.h"

namespace dnnc::text {

template <class T>
T number_of(const Token& token) {
  T value{};
  const char* end = token.text.data() + token.text.size();
  auto result = std::from_chars(token.text.data(), end, value);
  if (result.ec != std::errc() || result.ptr != end) throw Fault(token.line, "`" + token.text + "` is out of range");
  return value;
}

/// Tokens in order, taken one by one. What is expected and not there is a Fault.
class TokenStream {
 public:
  explicit TokenStream(std::string_view text) : tokens_(tokens_of(text)) {}

  const std::vector<Token>& all() const { return tokens_; }
  size_t place() const { return at_; }  ///< in all(), of the token that comes next
  const Token& peek(size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  const Token& take() {
    const Token& token = peek();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  [[noreturn]] void fail(const std::string& what) const { throw Fault(peek().line, what); }

  /// Whether a symbol or word comes next.
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
  void skip_newlines() {
    while (peek().kind == TokenKind::Newline) take();
  }
  int64_t whole_number() {
    bool negative = accept("-");
    auto value = number_of<int64_t>(expect(TokenKind::Number, "a whole number"));
    return negative ? -value : value;
  }

 private:
  std::vector<Token> tokens_;
  size_t at_ = 0;
};

}  // namespace dnnc::text
