#pragma once
#include <vector>

#include "compiler/ir/expression.h"

namespace dnnc {

/// What two whole numbers that are compared are known to satisfy: a - b lies in [low, high].
using DifferenceRange = std::function<std::optional<std::pair<int64_t, int64_t>>(const Expr& a, const Expr& b)>;

/// A call of simplified arguments in simpler form. Values change by roundings at most; NaN and infinities stay: `x * 0`
/// and `x - x` are left as they are where x may be one.
Expr simplified_call(Function function, const std::vector<Expr>& arguments, const DifferenceRange& difference);

}  // namespace dnnc
