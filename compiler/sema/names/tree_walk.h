#pragma once
#include <functional>
#include <set>
#include <string>

#include "compiler/syntax/ast.h"

namespace dnnc {

/// Calls `visit` for every expression of the tree, outer ones first, those in steps and subscripts included.
void for_each_expression(const ast::Ptr& root, const std::function<void(const ast::Expression&)>& visit);

/// Every name that is read or called in the expression: `image` and `relu` in `relu(image)`, steps included.
std::set<std::string> names_in(const ast::Ptr& root);

/// Where the name is first read in the expression; the whole of it if it is not.
Span place_of_name(const ast::Ptr& root, const std::string& name);

/// Names that a reduction of the expression binds, unless they mean something else: those after `for` and those in
/// subscripts within its argument.
std::set<std::string> index_names_in(const ast::Ptr& root);

/// Rebuilds the tree, outer expressions first: where `change` gives an expression it stands in place of the old one and
/// is not looked into.
ast::Ptr replace_expressions(const ast::Ptr& root, const std::function<ast::Ptr(const ast::Ptr&)>& change);

}  // namespace dnnc
