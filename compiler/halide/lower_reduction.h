#pragma once
#include "compiler/halide/lower.h"
#include "compiler/halide/strict.h"

namespace dnnc {

/// Defines the stage's Func as the reduction of `body` over its reduced indices. Of an ArgMaximum or ArgMinimum it is a
/// pair, whose first element is the result.
void define_reduction(Stage& stage, const Comprehension& formula, const HalideExpr& body);

}  // namespace dnnc
