#pragma once
#include <functional>
#include <set>
#include <string>

#include "compiler/syntax/ast.h"

namespace dnnc {

/// Every expression that stands in a statement, whole: values, ranges, sizes, starting values, arguments of steps.
void for_each_formula(const ast::Statement& statement, const std::function<void(const ast::Ptr&)>& visit);

/// Every use of a callee in the body with its arguments, calls and steps alike; `open` arguments come from the left.
struct WrittenUse {
  const ast::Word& callee;
  const std::vector<ast::Argument>& arguments;
  size_t open = 0;
};
void for_each_use(const ast::Statement& statement, const std::function<void(const WrittenUse&)>& visit);

/// Names in a subscript that may be indices: those of arrays and functions in it are not.
std::set<std::string> subscript_names(const ast::Ptr& subscript);

}  // namespace dnnc
