#pragma once
#include <vector>

#include "compiler/syntax/ast.h"

namespace dnnc {

/// The numbers that a condition compares: both sides of each comparison in it, also behind `and`, `or` and `not`. Each of them
/// must have a value: `log(0) < 1` holds as little as `log(0)` is a number, in a contract and in `dnnc eval`.
std::vector<ast::Ptr> compared_sides(const ast::Ptr& condition);

}  // namespace dnnc
