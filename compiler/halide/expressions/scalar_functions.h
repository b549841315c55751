#pragma once
#include <vector>

#include "compiler/halide/expressions/strict.h"
#include "compiler/ir/functions.h"

namespace dnnc {

/// The value of a function of the language over float32 arguments: error a few units in the last place (the bounds
/// stand in test/unit/halide/functions_test.cpp), vectorisable, NaN and infinity as in the interpreter.
HalideExpr scalar_function(Function function, const std::vector<HalideExpr>& arguments);

/// 1 or 0.
HalideExpr number_of(HalideExpr condition);

/// log(x) and cos(2 pi u) for 0 <= u < 1, for normal draws.
HalideExpr natural_logarithm(HalideExpr x);
HalideExpr cosine_of_turns(HalideExpr turns);

}  // namespace dnnc
