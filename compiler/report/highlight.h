#pragma once
#include <string_view>
#include <vector>

#include "compiler/support/source.h"

namespace dnnc {

/// What a piece of a program's text is, for who shows it in colours.
enum class TextKind : uint8_t { Plain, Keyword, Number, Text, Comment, Defined, Key, Called };

struct TextPiece {
  TextKind kind = TextKind::Plain;
  std::string_view text;  ///< of the sources
};

/// The whole text in pieces, in order, as the lexer of the language cuts it. A text that is no program is one plain piece.
std::vector<TextPiece> highlight(SourceId source, const Sources& sources);

}  // namespace dnnc
