#include "compiler/syntax/operators.h"

#include "runtime/program/functions.h"

namespace dnnc {

const char* text_of(ast::BinaryOperator op) {
  using ast::BinaryOperator;
  switch (op) {
    case BinaryOperator::Power:
      return "^";
    case BinaryOperator::Multiply:
      return "*";
    case BinaryOperator::Divide:
      return "/";
    case BinaryOperator::FloorDivide:
      return "//";
    case BinaryOperator::Modulo:
      return "%";
    case BinaryOperator::Add:
      return "+";
    case BinaryOperator::Subtract:
      return "-";
    case BinaryOperator::Equal:
      return "==";
    case BinaryOperator::Unequal:
      return "!=";
    case BinaryOperator::Less:
      return "<";
    case BinaryOperator::LessEqual:
      return "<=";
    case BinaryOperator::Greater:
      return ">";
    case BinaryOperator::GreaterEqual:
      return ">=";
    case BinaryOperator::And:
      return runtime::word_of(runtime::Function::And);
    case BinaryOperator::Or:
      return runtime::word_of(runtime::Function::Or);
  }
  return "?";
}

const char* text_of(ast::UnaryOperator op) {
  switch (op) {
    case ast::UnaryOperator::Negate:
      return "-";
    case ast::UnaryOperator::Not:
      return runtime::word_of(runtime::Function::Not);
  }
  return "?";
}

bool is_comparison(ast::BinaryOperator op) {
  switch (op) {
    case ast::BinaryOperator::Equal:
    case ast::BinaryOperator::Unequal:
    case ast::BinaryOperator::Less:
    case ast::BinaryOperator::LessEqual:
    case ast::BinaryOperator::Greater:
    case ast::BinaryOperator::GreaterEqual:
      return true;
    case ast::BinaryOperator::Power:
    case ast::BinaryOperator::Multiply:
    case ast::BinaryOperator::Divide:
    case ast::BinaryOperator::FloorDivide:
    case ast::BinaryOperator::Modulo:
    case ast::BinaryOperator::Add:
    case ast::BinaryOperator::Subtract:
    case ast::BinaryOperator::And:
    case ast::BinaryOperator::Or:
      return false;
  }
  return false;
}

bool binds_alike(ast::BinaryOperator a, ast::BinaryOperator b) {
  using ast::BinaryOperator;
  const auto multiplies = [](BinaryOperator op) {
    return op == BinaryOperator::Multiply || op == BinaryOperator::Divide || op == BinaryOperator::FloorDivide ||
           op == BinaryOperator::Modulo;
  };
  const auto adds = [](BinaryOperator op) { return op == BinaryOperator::Add || op == BinaryOperator::Subtract; };
  const bool same_word = a == b && (a == BinaryOperator::And || a == BinaryOperator::Or);
  return (multiplies(a) && multiplies(b)) || (adds(a) && adds(b)) || same_word;
}

}  // namespace dnnc
