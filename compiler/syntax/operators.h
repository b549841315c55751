#pragma once
#include "compiler/syntax/ast.h"

namespace dnnc {

/// `+`, `and`
const char* text_of(ast::BinaryOperator op);
/// `-`, `not`
const char* text_of(ast::UnaryOperator op);

/// `==`, `<`: whether what comes of it is true or false of two numbers.
bool is_comparison(ast::BinaryOperator op);
/// True for operators that bind alike, so that a row of them reads from left to right: `a + b - c`.
bool binds_alike(ast::BinaryOperator a, ast::BinaryOperator b);

}  // namespace dnnc
