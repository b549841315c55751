#include "compiler/syntax/syntax_fault.h"

#include <array>

#include "compiler/syntax/fault_view.h"

namespace dnnc {
namespace {

struct Phrase {
  const char* rule;
  const char* words;
};
/// What a rule is called in messages when it could not begin or its next part could not.
constexpr std::array phrases{
    Phrase{"file", "a declaration"},
    Phrase{"block", "a statement"},
    Phrase{"settings", "a setting"},
    Phrase{"setting", "`=`"},
    Phrase{"word", "a name"},
    Phrase{"type", "a type"},
    Phrase{"result", "a type"},
    Phrase{"body", "`=` or `{`"},
    Phrase{"declaration", "`=` or `{`"},
    Phrase{"step", "a step"},
    Phrase{"repeat", "a count"},
    Phrase{"subscript", "an index"},
    Phrase{"expression", "a formula"},
    Phrase{"operation", "a formula"},
    Phrase{"operand", "a formula"},
    Phrase{"atom", "a formula"},
    Phrase{"literal", "a value"},
    Phrase{"separator", "the end of the statement"},
};

struct ExpectedToken {
  TokenKind kind;
  const char* rule;  ///< in which it is called so; empty: in every other
  const char* words;
};
constexpr std::array expected_tokens{
    ExpectedToken{TokenKind::RIGHT_PAREN, "atom", "`)`"},
    ExpectedToken{TokenKind::RIGHT_PAREN, "repeat", "`)`"},
    ExpectedToken{TokenKind::RIGHT_PAREN, "step", "`)`"},
    ExpectedToken{TokenKind::RIGHT_PAREN, "", "`,` or `)`"},
    ExpectedToken{TokenKind::RIGHT_BRACKET, "", "`,` or `]`"},
    ExpectedToken{TokenKind::STRING, "", "a text in double quotes"},
    ExpectedToken{TokenKind::NUMBER, "", "a number"},
    ExpectedToken{TokenKind::NAME, "", "a name"},
    ExpectedToken{TokenKind::ASSIGN, "group", "`:`, `=` or `~`"},
    ExpectedToken{TokenKind::ASSIGN, "", "`=`"},
    ExpectedToken{TokenKind::COLON, "", "`:`"},
    ExpectedToken{TokenKind::LEFT_PAREN, "", "`(`"},
    ExpectedToken{TokenKind::LEFT_BRACE, "", "`{`"},
    ExpectedToken{TokenKind::ON, "declaration", "`on`"},
};

/// The words for an expected token; empty if others say it better.
std::string name_expected(TokenKind kind, const std::string& rule) {
  for (const ExpectedToken& row : expected_tokens) {
    if (row.kind == kind && (rule == row.rule || std::string_view(row.rule).empty())) return row.words;
  }
  return "";
}

/// After `(` or `[` the first of a list could stand too.
std::string expectation_in_empty_list(const FaultView& view) {
  const bool opened = opens(view.kind(-1));
  if (opened && view.expects(TokenKind::RIGHT_PAREN) && view.rule() == "declaration") return "a parameter or `)`";
  if (opened && view.expects(TokenKind::RIGHT_PAREN) && view.rule() == "arguments") return "a formula or `)`";
  if (opened && view.expects(TokenKind::RIGHT_BRACKET) && view.rule() == "list") return "a formula or `]`";
  return "";
}

}  // namespace

std::string expectation(const FaultView& view) {
  if (std::string words = expectation_in_empty_list(view); !words.empty()) return words;
  for (const TokenKind kind : view.fault.expected) {
    if (std::string words = name_expected(kind, view.rule()); !words.empty()) return words;
  }
  const auto phrase = std::ranges::find_if(phrases, [&](const Phrase& p) { return view.rule() == p.rule; });
  return phrase == phrases.end() ? "nothing more" : phrase->words;
}

Diagnostic describe(const SyntaxFault& fault, const Tokens& tokens, const Sources& sources) {
  const FaultView view{fault, tokens.list, sources};
  if (auto diagnostic = find_foreign_slip(view)) return *diagnostic;
  if (auto diagnostic = find_statement_slip(view)) return *diagnostic;
  if (auto diagnostic = find_formula_slip(view)) return *diagnostic;
  return view.report("E0101", fmt::format("expected {}, found {}", expectation(view), view.found()));
}

}  // namespace dnnc
