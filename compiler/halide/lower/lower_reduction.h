#pragma once
#include <functional>
#include <string>

#include "compiler/halide/expressions/strict.h"
#include "compiler/halide/lower/lower.h"

namespace dnnc {

/// The body of a reduction at values of its indices: first the axes of the result, then those reduced over.
using BodyAt = std::function<HalideExpr(const std::vector<HalideExpr>&)>;

/// Makes the Funcs of a reduction; `name` begins their names.
ReductionFuncs lower_reduction(const Comprehension& formula, const ReductionCut& cut, size_t results,
                               const std::string& name, const BodyAt& body);

/// The result at a point: one value, or of an ArgMaximum or ArgMinimum the place and the value found there.
std::vector<HalideExpr> reduced_at(const ReductionFuncs& funcs, const std::vector<HalideExpr>& at);

}  // namespace dnnc
