#include "compiler/sema/names/operator_meaning.h"

#include "compiler/support/check.h"

namespace dnnc {

OperatorMeaning meaning_of(ast::BinaryOperator op) {
  switch (op) {
    case ast::BinaryOperator::Power:
      return {Function::Power};
    case ast::BinaryOperator::Multiply:
      return {Function::Multiply};
    case ast::BinaryOperator::Divide:
      return {Function::Divide};
    case ast::BinaryOperator::FloorDivide:
      return {.function = Function::Divide, .floored = true};
    case ast::BinaryOperator::Modulo:
      return {Function::Remainder};
    case ast::BinaryOperator::Add:
      return {Function::Add};
    case ast::BinaryOperator::Subtract:
      return {Function::Subtract};
    case ast::BinaryOperator::Equal:
      return {Function::Equal};
    case ast::BinaryOperator::Unequal:
      return {Function::Unequal};
    case ast::BinaryOperator::Less:
      return {Function::Less};
    case ast::BinaryOperator::LessEqual:
      return {Function::LessEqual};
    case ast::BinaryOperator::Greater:
      return {.function = Function::Less, .swapped = true};
    case ast::BinaryOperator::GreaterEqual:
      return {.function = Function::LessEqual, .swapped = true};
    case ast::BinaryOperator::And:
      return {Function::And};
    case ast::BinaryOperator::Or:
      return {Function::Or};
  }
  throw InternalError("an unknown operator");
}

}  // namespace dnnc
