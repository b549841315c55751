#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "compiler/support/unicode.h"
#include "compiler/syntax/keywords.h"
#include "compiler/syntax/tokens.h"
#include "runtime/program/functions.h"

namespace dnnc {
namespace {

/// A sign of another language or of a word processor, and what to write for it.
struct Foreign {
  std::string_view sign;
  const char* help;
  const char* here = nullptr;     ///< what stands in place of all such signs together, if that is all there is to do
  std::string_view closing = {};  ///< of a quotation mark: what ends the text
};
constexpr std::array foreign_signs{
    Foreign{"&&", "write `and`", word_of(runtime::Function::And)},
    Foreign{"&", "write `and`", word_of(runtime::Function::And)},
    Foreign{"!", "write `not`", word_of(runtime::Function::Not)},
    Foreign{"@", "a matrix product is written with its indices: `y[i, j] = sum(a[i, k] * b[k, j])`"},
    Foreign{"'", "strings stand in double quotes: \"a.csv\"", nullptr, "'"},
    Foreign{"`", "strings stand in double quotes: \"a.csv\"", nullptr, "`"},
    Foreign{"?", "a choice is written `if c: a else: b`"},
    Foreign{"\\", "a line goes on after an operator or inside brackets; no sign is needed"},
    Foreign{"“", "strings stand in plain double quotes: \"a.csv\"", nullptr, "”"},
    Foreign{"”", "strings stand in plain double quotes: \"a.csv\"", nullptr, "”"},
    Foreign{"„", "strings stand in plain double quotes: \"a.csv\"", nullptr, "“"},
    Foreign{"‘", "strings stand in plain double quotes: \"a.csv\"", nullptr, "’"},
    Foreign{"’", "strings stand in plain double quotes: \"a.csv\"", nullptr, "’"},
    Foreign{"−", "write `-`", "-"},
    Foreign{"–", "write `-`", "-"},
    Foreign{"×", "write `*`, or `3x3` for a size", "*"},
    Foreign{"·", "write `*`", "*"},
    Foreign{"÷", "write `/`", "/"},
    Foreign{"→", "write `->`", "->"},
    Foreign{"≤", "write `<=`", "<="},
    Foreign{"≥", "write `>=`", ">="},
    Foreign{"≠", "write `!=`", "!="},
    Foreign{"²", "write `^2`", "^2"},
    Foreign{"³", "write `^3`", "^3"},
    Foreign{"√", "write `sqrt(x)`"},
    Foreign{"∑", "write `sum(x[i])`"},
    Foreign{"Σ", "write `sum(x[i])`"},
    Foreign{"π", "write `pi`", keyword::pi},
    Foreign{"…", "write `...`", "..."},
    Foreign{"\u00A0", "this blank is not an ordinary one: type it again", " "},
    Foreign{"\u200B", "an invisible character stands here: delete it", ""},
    Foreign{"\uFEFF", "an invisible character stands here: delete it", ""},
};

const Foreign* find_foreign(std::string_view signs) {
  const auto found =
      std::ranges::find_if(foreign_signs, [&](const Foreign& row) { return signs.starts_with(row.sign); });
  return found == foreign_signs.end() ? nullptr : &*found;
}

/// True if what stands here is a letter, though none that names have.
bool begins_with_letter(std::string_view text) { return decode_character(text).value >= 0xC0 && !find_foreign(text); }

/// `'text'`: the same in double quotes, if it ends on its line.
std::optional<Replacement> in_double_quotes(Span sign, std::string_view closing, const Sources& sources) {
  const std::string& text = sources.text(sign.source);
  const size_t line = std::min(text.find_first_of("\r\n", sign.end), text.size());
  const size_t end = text.find(closing, sign.end);
  if (end == std::string::npos || end > line) return std::nullopt;
  const std::string inner = text.substr(sign.end, end - sign.end);
  if (inner.find_first_of("\"\\") != std::string::npos) return std::nullopt;
  return Replacement{{sign.source, sign.begin, uint32_t(end + closing.size())}, "\"" + inner + "\""};
}

/// Adds what to write for the signs.
Diagnostic advise(Diagnostic diagnostic, const Sources& sources) {
  const std::string_view signs = sources.text(diagnostic.span);
  if (const Foreign* foreign = find_foreign(signs)) {
    diagnostic.help = foreign->help;
    if (foreign->here != nullptr)
      diagnostic.replacement = {diagnostic.span, word_for_signs(diagnostic.span, foreign->here, sources)};
    if (!foreign->closing.empty()) {
      diagnostic.replacement = in_double_quotes(diagnostic.span, foreign->closing, sources);
      if (diagnostic.replacement)
        diagnostic.help = "strings stand in double quotes: write " + diagnostic.replacement->text;
    }
    return diagnostic;
  }
  const DecodedCharacter first = decode_character(signs);
  const bool letter = first.valid && (begins_with_letter(signs) || std::isalpha(int(first.value)) != 0);
  if (letter) diagnostic.help = "names are made of the letters a to z, digits and `_`";
  return diagnostic;
}

/// `é`, or `U+0007` for what cannot be shown.
std::string show(std::string_view signs) {
  const DecodedCharacter first = decode_character(signs);
  const bool plain = printable(signs) == signs && display_width(first.value) > 0 && first.value != 0xA0;
  return plain ? fmt::format("`{}`", signs) : fmt::format("U+{:04X}", uint32_t(first.value));
}

/// Signs of one kind that stand together are one fault; so is a word that has such letters in it.
size_t end_of_run(const std::vector<Token>& tokens, size_t at, const Sources& sources) {
  const bool letters = begins_with_letter(sources.text(tokens[at].span));
  size_t end = at + 1;
  const auto joins = [&](const Token& token) {
    if (token.span.begin != tokens[end - 1].span.end) return false;
    if (token.kind == TokenKind::UNKNOWN)
      return (letters && !find_foreign(sources.text(token.span))) ||
             sources.text(token.span) == sources.text(tokens[at].span);
    return letters && token.kind == TokenKind::NAME;
  };
  while (end < tokens.size() && joins(tokens[end])) ++end;
  return end;
}

/// `größe`: the letters of a word before the one that no name holds.
bool continues_word(const std::vector<Token>& before, const Token& token, const Sources& sources) {
  return begins_with_letter(sources.text(token.span)) && !before.empty() && before.back().kind == TokenKind::NAME &&
         before.back().span.end == token.span.begin;
}

std::optional<Span> find_too_many_open(const std::vector<Token>& tokens) {
  size_t open = 0;
  for (const Token& token : tokens) {
    if (closes(token.kind) && open > 0) --open;
    if (opens(token.kind) && ++open > most_nested) return token.span;
  }
  return std::nullopt;
}

}  // namespace

namespace {

bool is_letter_of_word(char byte) { return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '_'; }

bool is_settled(Span place, const Tokens& tokens) {
  return std::ranges::any_of(tokens.settled,
                             [&](const Span& span) { return span.begin <= place.begin && place.begin <= span.end; });
}

}  // namespace

std::string word_for_signs(Span signs, std::string_view word, const Sources& sources) {
  const std::string& text = sources.text(signs.source);
  const bool letters = !word.empty() && is_letter_of_word(word.front());
  const bool blank_before = letters && signs.begin > 0 && is_letter_of_word(text[signs.begin - 1]);
  const bool blank_behind = letters && signs.end < text.size() && is_letter_of_word(text[signs.end]);
  return (blank_before ? " " : "") + std::string(word) + (blank_behind ? " " : "");
}

void report_unsettled(Diagnostic diagnostic, const Tokens& tokens, Diagnostics& diagnostics) {
  if (diagnostics.error_count() > Diagnostics::most_errors || is_settled(diagnostic.span, tokens)) return;
  diagnostics.report(std::move(diagnostic));
}

void settle_line(Span from, Tokens& tokens, const Diagnostics& diagnostics) {
  if (diagnostics.error_count() > Diagnostics::most_errors || is_settled(from, tokens)) return;
  const std::string& text = diagnostics.sources().text(from.source);
  const size_t end = std::min(text.find_first_of("\r\n", from.begin), text.size());
  tokens.settled.push_back({from.source, from.begin, uint32_t(end)});
}

bool check_text(SourceId source, Diagnostics& diagnostics) {
  const std::string& text = diagnostics.sources().text(source);
  if (text.size() > most_bytes) {
    diagnostics.report(error("E0103", {source, 0, 0},
                             fmt::format("the text has {} bytes; at most {} are read", text.size(), most_bytes),
                             "definitions can be moved to other files and imported"));
    return false;
  }
  if (const auto at = find_invalid_utf8(text)) {
    const auto begin = uint32_t(*at);
    diagnostics.report(error("E0102", {source, begin, begin + 1},
                             fmt::format("the byte 0x{:02X} is not UTF-8", static_cast<unsigned char>(text[begin])),
                             "save the file with the encoding UTF-8"));
    return false;
  }
  return true;
}

bool check_tokens(Tokens& tokens, Diagnostics& diagnostics) {
  const Sources& sources = diagnostics.sources();
  std::vector<Token>& list = tokens.list;
  if (list.size() > most_tokens) {
    diagnostics.report(
        error("E0103", list[most_tokens].span,
              fmt::format("the text has {} words and signs; at most {} are read", list.size(), most_tokens),
              "definitions can be moved to other files and imported"));
    return false;
  }
  if (const auto at = find_too_many_open(list)) {
    diagnostics.report(error("E0104", *at, fmt::format("more than {} brackets are open here", most_nested),
                             "give parts of the formula names of their own"));
    return false;
  }
  std::vector<Token> kept;
  kept.reserve(list.size());
  for (size_t at = 0; at < list.size();) {
    Token token = list[at];
    size_t next = at + 1;
    if (token.kind == TokenKind::UNKNOWN) {
      next = end_of_run(list, at, sources);
      token = {TokenKind::NAME, {token.span.source, token.span.begin, list[next - 1].span.end}};
      if (continues_word(kept, token, sources)) {
        token.span.begin = kept.back().span.begin;
        kept.pop_back();
      }
      const std::string_view signs = sources.text(token.span);
      report_unsettled(advise(error("E0105", token.span, show(signs) + " has no meaning here"), sources), tokens,
                       diagnostics);
      settle_line(token.span, tokens, diagnostics);
    } else if (token.kind == TokenKind::UNCLOSED_STRING) {
      report_unsettled(error("E0108", token.span, "this string is not closed before the end of its line",
                             "a string ends with `\"`; inside it a quote is written `\\\"`"),
                       tokens, diagnostics);
      settle_line(token.span, tokens, diagnostics);
    }
    kept.push_back(token);
    at = next;
  }
  list = std::move(kept);
  return true;
}

}  // namespace dnnc
