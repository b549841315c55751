#pragma once
#include <string>
#include <vector>

#include "compiler/syntax/tokens.h"

namespace dnnc {

/// A rule of the grammar that was being read: its name in DnnParser.g4, its first token, and how many of its parts had
/// been read.
struct RuleInProgress {
  std::string name;
  size_t first;
  size_t parts;
};

/// A token that the grammar does not allow where it stands.
struct SyntaxFault {
  size_t at;                          ///< number of the token
  std::vector<RuleInProgress> rules;  ///< the innermost first
  std::vector<TokenKind> expected;    ///< what could stand there instead; empty: the rule could not even begin
};

/// Says what was seen and what was expected, in the words of the language, with a help where it is a common slip.
Diagnostic describe(const SyntaxFault& fault, const Tokens& tokens, const Sources& sources);

}  // namespace dnnc
