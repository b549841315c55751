#include "compiler/ir/text.h"

#include <cctype>

namespace dnnc::text {

namespace {

Operator comparison(Function function) { return {function, row_of(function).sign, Comparison}; }

}  // namespace

const std::vector<Operator>& operators() {
  static const std::vector<Operator> table = {
      {Function::Or, word_of(Function::Or), Or},
      {Function::And, word_of(Function::And), And},
      comparison(Function::Equal),
      comparison(Function::Unequal),
      comparison(Function::Less),
      comparison(Function::LessEqual),
      {Function::Add, "+", Sum},
      {Function::Subtract, "-", Sum},
      {Function::Multiply, "*", Product},
      {Function::Divide, "/", Product},
      {Function::Power, "^", Power},
  };
  return table;
}

const Operator* operator_of(Function function) {
  for (const Operator& row : operators())
    if (row.function == function) return &row;
  return nullptr;
}

bool is_label_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '/';
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') result += "\\n";
    else result += c;
  }
  return result + "\"";
}

}  // namespace dnnc::text
