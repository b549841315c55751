#pragma once
#include <vector>

#include "compiler/ir/expression.h"

namespace dnnc {

/// Whether a function has a derivative by its argument number `by`. Comparisons, `and`, `or`, `not`, `floor` and the
/// condition of a `select` have none, and `stop_gradient` has none by its purpose.
bool has_derivative(Function function, size_t by);

/// The derivative by argument number `by` as a formula of the arguments and of `value`, the function's value there: the
/// call itself, or a load of a node that holds it. At a tie of `max` and `min` it is that of the first argument, of
/// `abs` at 0 it is 0. A fault if there is none.
Expr derivative(Function function, size_t by, const std::vector<Expr>& arguments, const Expr& value);

}  // namespace dnnc
