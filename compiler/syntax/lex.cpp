#include "DnnLexer.h"
#include "compiler/support/check.h"
#include "compiler/support/unicode.h"
#include "compiler/syntax/tokens.h"

namespace dnnc {
namespace {

/// ANTLR counts characters, spans count bytes: entry i is the byte at which character i begins.
std::vector<uint32_t> byte_offsets(std::string_view text, uint32_t first) {
  std::vector<uint32_t> offsets;
  offsets.reserve(text.size() + 1);
  for (size_t at = 0; at < text.size(); at += decode_character(text.substr(at)).bytes) {
    offsets.push_back(first + uint32_t(at));
  }
  offsets.push_back(first + uint32_t(text.size()));
  return offsets;
}

ast::Comment make_comment(Span span, const Sources& sources) {
  std::string text(sources.text(span));
  while (text.back() == ' ' || text.back() == '\t') text.pop_back();
  const Position position = sources.position(span.source, span.begin);
  const std::string_view line = sources.line(span.source, position.line);
  const bool own_line = line.find_first_not_of(" \t") == line.find('#');
  return {span, std::move(text), own_line};
}

}  // namespace

Tokens lex(SourceId source, const Sources& sources) {
  const std::string& whole = sources.text(source);
  const uint32_t first = whole.starts_with(byte_order_mark) ? uint32_t(byte_order_mark.size()) : 0;
  const std::vector<uint32_t> offsets = byte_offsets(std::string_view(whole).substr(first), first);

  antlr4::ANTLRInputStream input(whole);  // which leaves the mark out as well, but only one
  DnnLexer lexer(&input);
  lexer.removeErrorListeners();
  Tokens result{source, {}, {}, {}};
  for (const auto& token : lexer.getAllTokens()) {
    check(token->getStopIndex() + 1 < offsets.size(), "lex: a token ends behind the text");
    const Span span{source, offsets[token->getStartIndex()], offsets[token->getStopIndex() + 1]};
    const auto kind = static_cast<TokenKind>(token->getType());
    if (kind == TokenKind::COMMENT) result.comments.push_back(make_comment(span, sources));
    else result.list.push_back({kind, span});
  }
  return result;
}

}  // namespace dnnc
