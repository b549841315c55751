#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace dnnc::text {

enum class TokenKind { Label, Word, Number, String, Symbol, Newline, End };

struct Token {
  TokenKind kind = TokenKind::End;
  std::string text;  ///< a Label without `%`, its quotes kept; a String without quotes, escapes undone
  int line = 1;
  bool spaced = false;  ///< whether a space or newline stands before it
};

/// What is wrong with a text; does not leave the parser.
struct Fault : std::runtime_error {
  Fault(int line, const std::string& what) : std::runtime_error("line " + std::to_string(line) + ": " + what) {}
};

/// The tokens of a text, End the last. Within brackets newlines are dropped, and so are comments.
std::vector<Token> tokens_of(std::string_view text);

}  // namespace dnnc::text
