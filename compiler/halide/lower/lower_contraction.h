#pragma once
#include <functional>
#include <string>

#include "compiler/halide/expressions/strict.h"
#include "compiler/halide/lower/lower.h"

namespace dnnc {

/// The element of a node at coordinates inside of it.
using ElementOf = std::function<HalideExpr(NodeId, const std::vector<HalideExpr>&)>;

/// Makes the sums of a contraction, and the copies of the operands that are cut into panels. `name` begins their names.
ContractionFuncs lower_contraction(const Contraction& contraction, const ContractionCut& cut, const std::string& name,
                                   const ElementOf& element);

/// Defines the stage's Func from its sums.
void define_result(Stage& stage, const std::string& name);

/// The sums at a point of the result, for blocks of terms that are not summed in memory.
HalideExpr sum_at(const ContractionFuncs& funcs, const std::vector<HalideExpr>& at);

}  // namespace dnnc
