#include <fmt/format.h>

#include "compiler/syntax/tokens.h"

namespace dnnc {
namespace {

/// What stands inside each other in one bracket, from its start or the last comma or separator.
struct Nesting {
  size_t choices = 0;    ///< `if`: each may stand in the branch of the one before
  size_t operators = 0;  ///< operators, subscripts and calls: each may be an operand of the next
};

bool is_operator(TokenKind kind) {
  return (kind >= TokenKind::POWER && kind <= TokenKind::GREATER) || kind == TokenKind::AND || kind == TokenKind::OR ||
         kind == TokenKind::NOT || kind == TokenKind::DOT;
}

bool ends_part(TokenKind kind) {
  return kind == TokenKind::COMMA || kind == TokenKind::NEWLINE || kind == TokenKind::SEMICOLON;
}

/// The brackets that are open at one place and the sums over them.
class Depth {
 public:
  void take(TokenKind kind) {
    if (opens(kind)) {
      levels_.emplace_back();
    } else if (closes(kind)) {
      leave();
      count_operator();
    } else if (ends_part(kind)) {
      forget();
    } else if (kind == TokenKind::IF) {
      ++levels_.back().choices;
      ++choices_;
    } else if (is_operator(kind)) {
      count_operator();
    }
  }
  size_t nested() const { return levels_.size() - 1 + choices_; }
  size_t operators() const { return operators_ + nested(); }

 private:
  void count_operator() {
    ++levels_.back().operators;
    ++operators_;
  }
  void forget() {
    choices_ -= levels_.back().choices;
    operators_ -= levels_.back().operators;
    levels_.back() = {};
  }
  void leave() {
    if (levels_.size() == 1) return;
    forget();
    levels_.pop_back();
  }

  std::vector<Nesting> levels_ = std::vector<Nesting>(1);
  size_t choices_ = 0, operators_ = 0;
};

}  // namespace

bool check_nesting(const Tokens& tokens, Diagnostics& diagnostics) {
  Depth depth;
  for (const Token& token : tokens.list) {
    depth.take(token.kind);
    std::string message;
    if (depth.nested() > most_nested) {
      message = fmt::format("brackets and `if` are nested more than {} deep", most_nested);
    } else if (depth.operators() > most_operators) {
      message = fmt::format("more than {} operators in one formula", most_operators);
    } else {
      continue;
    }
    diagnostics.report(error("E0104", token.span, message, "give parts of the formula names of their own"));
    return false;
  }
  return true;
}

}  // namespace dnnc
