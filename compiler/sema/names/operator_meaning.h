#pragma once
#include "compiler/ir/functions.h"
#include "compiler/syntax/ast.h"

namespace dnnc {

/// What an operator of the language means of the scalar functions.
struct OperatorMeaning {
  Function function;
  bool swapped = false;  ///< of the operands in the other order: `a > b` is `b < a`
  bool floored = false;  ///< of the function's value the whole number below: `a // b`
};
OperatorMeaning meaning_of(ast::BinaryOperator op);

}  // namespace dnnc
