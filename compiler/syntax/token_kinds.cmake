# cmake -D TOKENS=DnnLexer.tokens -D HEADER=token_kinds.h -P token_kinds.cmake
# Writes the names and numbers of ANTLR's list of tokens as a C++ enumeration and as a table of names.
file(STRINGS ${TOKENS} rows REGEX "^[A-Z_]+=[0-9]+$")
set(items "")
set(names "")
foreach(row ${rows})
  string(REGEX REPLACE "=.*" "" name ${row})
  string(REPLACE "=" " = " item ${row})
  string(APPEND items "  ${item},\n")
  string(APPEND names "    case TokenKind::${name}: return \"${name}\";\n")
endforeach()
file(WRITE ${HEADER} "#pragma once
#include <cstddef>

namespace dnnc {

/// Kinds of tokens, made of grammar/DnnLexer.g4.
enum class TokenKind : size_t {
${items}};

constexpr const char* name_of(TokenKind kind) {
  switch (kind) {
${names}  }
  return \"?\";
}

}  // namespace dnnc
")
