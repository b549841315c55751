#pragma once
#include <functional>
#include <set>
#include <string>

#include "compiler/sema/names/program.h"

namespace dnnc {

/// Whether a name means something in a file: a definition, a constant, or what is built in.
bool means_something(const Module& module, const std::string& name);

using NameVisitor = std::function<void(const ast::Word&, bool called)>;
/// Visits every name of the body that is called or read, but for what is looked at only when the text is used: the sides
/// of an `if`, arguments that are names, and what is compared with one of `choices`, the parameters that are one of some
/// words.
void for_each_name(const ast::Body& body, const std::set<std::string>& choices, const NameVisitor& visit);

}  // namespace dnnc
