#include "compiler/report/highlight.h"

#include <algorithm>

#include "compiler/syntax/tokens.h"

namespace dnnc {
namespace {

/// Words that open a declaration, and are names elsewhere: `loss = mse`.
bool opens_declaration(TokenKind kind) { return kind >= TokenKind::DNN && kind <= TokenKind::OPTIMIZER; }
bool is_reserved(TokenKind kind) { return kind >= TokenKind::EXPECT && kind <= TokenKind::FALSE; }
bool is_number(TokenKind kind) {
  return kind == TokenKind::NUMBER || kind == TokenKind::PERCENT || kind == TokenKind::SIZES;
}
bool ends_statement(TokenKind kind) {
  return kind == TokenKind::NEWLINE || kind == TokenKind::SEMICOLON || kind == TokenKind::LEFT_BRACE;
}

/// What the token at a place is, by those around it.
class TokenReader {
 public:
  explicit TokenReader(const std::vector<Token>& tokens) : tokens_(tokens) {}

  TextKind kind_at(size_t at) {
    const TokenKind kind = tokens_[at].kind;
    if (is_number(kind)) return TextKind::Number;
    if (kind == TokenKind::STRING) return TextKind::Text;
    if (is_reserved(kind)) return TextKind::Keyword;
    if (opens_declaration(kind)) {
      const bool first = before(at) == TokenKind::NEWLINE;
      if (kind == TokenKind::DNN && first) return TextKind::Keyword;
      if (first && begins_declaration(tokens_, at)) {
        declares_ = true;
        in_head_ = true;
        return TextKind::Keyword;
      }
      if ((kind == TokenKind::ON || kind == TokenKind::LIKE) && in_head_) return TextKind::Keyword;
    }
    if (kind == TokenKind::LEFT_BRACE || kind == TokenKind::NEWLINE) in_head_ = false;
    if (kind != TokenKind::NAME && !opens_declaration(kind)) return TextKind::Plain;
    if (declares_) {
      declares_ = false;
      return TextKind::Defined;
    }
    const TokenKind next = at + 1 < tokens_.size() ? tokens_[at + 1].kind : TokenKind::NEWLINE;
    if (next == TokenKind::LEFT_PAREN) return TextKind::Called;
    return next == TokenKind::ASSIGN && ends_statement(before(at)) ? TextKind::Key : TextKind::Plain;
  }

 private:
  TokenKind before(size_t at) const { return at == 0 ? TokenKind::NEWLINE : tokens_[at - 1].kind; }

  const std::vector<Token>& tokens_;
  bool declares_ = false;  ///< the next name is what is declared
  bool in_head_ = false;   ///< of a declaration, before its body
};

}  // namespace

std::vector<TextPiece> highlight(SourceId source, const Sources& sources) {
  const std::string_view text = sources.text(source);
  Diagnostics unread(sources);
  if (!check_text(source, unread)) return {{TextKind::Plain, text}};
  struct Marked {
    Span span;
    TextKind kind;
  };
  const Tokens tokens = lex(source, sources);
  std::vector<Marked> marked;
  TokenReader reader(tokens.list);
  for (size_t at = 0; at < tokens.list.size(); ++at) marked.push_back({tokens.list[at].span, reader.kind_at(at)});
  for (const ast::Comment& comment : tokens.comments) marked.push_back({comment.span, TextKind::Comment});
  std::ranges::sort(marked, {}, [](const Marked& mark) { return mark.span.begin; });

  std::vector<TextPiece> pieces;
  size_t begin = 0;
  const auto add = [&](TextKind kind, size_t end) {
    if (end <= begin) return;
    const bool joins = !pieces.empty() && pieces.back().kind == kind;
    if (joins)
      pieces.back().text = text.substr(begin - pieces.back().text.size(), pieces.back().text.size() + end - begin);
    else pieces.push_back({kind, text.substr(begin, end - begin)});
    begin = end;
  };
  for (const Marked& mark : marked) {
    add(TextKind::Plain, mark.span.begin);
    add(mark.kind, mark.span.end);
  }
  add(TextKind::Plain, text.size());
  return pieces;
}

}  // namespace dnnc
