#pragma once
#include <map>
#include <set>
#include <string>

#include "compiler/syntax/ast.h"

namespace dnnc::campaign {

/// What a program uses: "definition dense", "pair + max" (a `max` that is an operand of a `+`), "steps conv relu",
/// "feature state".
std::set<std::string> coverage_of(const ast::File& file);

/// Tables of in how many programs each has been seen: every definition of the library, pairs, features.
std::string coverage_table(const std::map<std::string, int>& seen);

}  // namespace dnnc::campaign
