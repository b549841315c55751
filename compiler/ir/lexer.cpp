#include "compiler/ir/lexer.h"

#include <cctype>

#include "compiler/ir/text.h"

namespace dnnc::text {
namespace {

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)); }
bool may_begin_word(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool in_word(char c) { return may_begin_word(c) || is_digit(c) || c == '\''; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    while (at_ < text_.size()) step();
    add(TokenKind::Newline, "");
    add(TokenKind::End, "");
    return std::move(tokens_);
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void add(TokenKind kind, std::string text) {
    tokens_.push_back({kind, std::move(text), line_, spaced_});
    spaced_ = false;
  }

  void step() {
    char c = peek();
    if (c == '\n') return newline();
    if (c == ' ' || c == '\t' || c == '\r') {
      spaced_ = true;
      ++at_;
    } else if (c == '#') {
      while (at_ < text_.size() && peek() != '\n') ++at_;
    } else if (c == '"') {
      add(TokenKind::String, string());
    } else if (c == '%' && (peek(1) == '"' || is_label_character(peek(1)))) {
      ++at_;
      add(TokenKind::Label, label());
    } else if (may_begin_word(c)) {
      add(TokenKind::Word, take(in_word));
    } else if (is_digit(c)) {
      add(TokenKind::Number, number());
    } else {
      symbol();
    }
  }

  void newline() {
    if (depth_ == 0) add(TokenKind::Newline, "");
    spaced_ = true;
    ++at_;
    ++line_;
  }

  template <class Holds>
  std::string take(Holds holds) {
    size_t begin = at_;
    while (at_ < text_.size() && holds(peek())) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string string() {
    std::string result;
    for (++at_; peek() != '"'; ++at_) {
      if (at_ >= text_.size() || peek() == '\n') throw Fault(line_, "a string without its closing quote");
      if (peek() != '\\') {
        result += peek();
        continue;
      }
      ++at_;
      result += peek() == 'n' ? '\n' : peek();
    }
    ++at_;
    return result;
  }

  std::string label() {
    if (peek() != '"') return take(is_label_character);
    std::string result = quoted(string());
    if (peek() == '.' && is_digit(peek(1))) {
      ++at_;
      result += "." + take(is_digit);
    }
    return result;
  }

  std::string number() {
    std::string result = take(is_digit);
    if (peek() == '.' && is_digit(peek(1))) {
      ++at_;
      result += "." + take(is_digit);
    }
    size_t sign = peek(1) == '-' || peek(1) == '+' ? 2 : 1;
    if (peek() == 'e' && is_digit(peek(sign))) {
      result += text_.substr(at_, sign);
      at_ += sign;
      result += take(is_digit);
    }
    return result;
  }

  void symbol() {
    for (const char* two : {"==", "!=", "<=", "//"})
      if (peek() == two[0] && peek(1) == two[1]) {
        at_ += 2;
        return add(TokenKind::Symbol, two);
      }
    char c = peek();
    if (std::string_view("[](),:=<+-*/%^@").find(c) == std::string_view::npos)
      throw Fault(line_, std::string("`") + c + "` does not belong here");
    if (c == '[' || c == '(') ++depth_;
    if ((c == ']' || c == ')') && depth_ > 0) --depth_;
    ++at_;
    add(TokenKind::Symbol, std::string(1, c));
  }

  std::string_view text_;
  size_t at_ = 0;
  int line_ = 1;
  int depth_ = 0;
  bool spaced_ = false;
  std::vector<Token> tokens_;
};

}  // namespace

std::vector<Token> tokens_of(std::string_view text) { return Lexer(text).run(); }

}  // namespace dnnc::text
