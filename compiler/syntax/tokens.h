#pragma once
#include <vector>

#include "compiler/support/diagnostics.h"
#include "compiler/syntax/ast.h"
#include "compiler/syntax/token_kinds.h"

/// From text to the tokens that the grammar is given. Each step is a function; parse.cpp calls them in this order.
/// After the last, no recursion over the text or its tree can go too deep.
namespace dnnc {

struct Token {
  TokenKind kind;
  Span span;
};

/// The tokens of a text and what is known about its faults.
struct Tokens {
  SourceId source;
  std::vector<Token> list;
  std::vector<ast::Comment> comments;
  /// Parts whose faults have been reported: what follows from them is not reported again.
  std::vector<Span> settled;
};

/// What the compiler takes at most, so that no text can exhaust it.
constexpr size_t most_bytes = size_t{1} << 20;
constexpr size_t most_tokens = 200'000;
constexpr size_t most_nested = 200;     ///< brackets and `if` inside each other
constexpr size_t most_operators = 500;  ///< operators, subscripts and calls that may stand inside each other

/// Reports a text that is too long, or not UTF-8, or holds NUL. False if there is no sense in going on.
bool check_text(SourceId source, Diagnostics& diagnostics);

/// Cuts a checked text into tokens; blanks are dropped, comments collected.
Tokens lex(SourceId source, const Sources& sources);

/// Reports characters and strings that are no tokens and puts usable tokens in their place; counts the tokens. False if
/// there are too many, or too many brackets are open at once.
bool check_tokens(Tokens& tokens, Diagnostics& diagnostics);

/// Reports brackets without partner and completes the pairs, so that one slip spoils one declaration, not the file.
void match_brackets(Tokens& tokens, Diagnostics& diagnostics);

/// The rule of newlines: drops each newline after which a statement goes on and each comma before a closing bracket,
/// and leaves exactly one separator, NEWLINE or SEMICOLON, after each statement.
void end_statements(Tokens& tokens);

/// Reports nesting past the caps. False if there is any: then the text must not be parsed.
bool check_nesting(const Tokens& tokens, Diagnostics& diagnostics);

/// A word in place of signs: with a blank on each side on which other text follows at once.
std::string word_for_signs(Span signs, std::string_view word, const Sources& sources);

/// Settles the rest of the line: what the grammar finds there would only repeat a fault that has been reported.
void settle_line(Span from, Tokens& tokens, const Diagnostics& diagnostics);

/// Reports a fault unless it lies in a part whose faults are settled, or there are too many already.
void report_unsettled(Diagnostic diagnostic, const Tokens& tokens, Diagnostics& diagnostics);

/// True for `( [ {`.
bool opens(TokenKind kind);
/// True for `) ] }`.
bool closes(TokenKind kind);
/// The bracket that closes an opening one.
TokenKind partner(TokenKind opening);
/// `layer NAME (`, `data NAME {`, `train NAME on`, `import "…"`: a declaration begins here, whatever stands before.
bool begins_declaration(const std::vector<Token>& tokens, size_t at);

}  // namespace dnnc
