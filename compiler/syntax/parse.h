#pragma once
#include <optional>
#include <string>

#include "compiler/support/diagnostics.h"
#include "compiler/syntax/ast.h"

namespace dnnc {

/// Text to tree. Reports every syntax error it can recover from; declarations that are whole are returned even then,
/// so that later phases can report more. std::nullopt where nothing could be read (not UTF-8, a cap exceeded).
/// What stands in File::assigned is left to who knows what names mean, or to report_assigned.
std::optional<ast::File> parse(SourceId source, Diagnostics& diagnostics);

/// Says of each to write `:` for its `=`.
void report_assigned(const std::vector<ast::AssignedArgument>& assigned, Diagnostics& diagnostics);
/// The error about one, where `name: value` was meant.
Diagnostic assigned_argument(const ast::Argument& argument, const std::string& name, const std::string& value);

/// Parses one expression, as `dnnc eval` takes it. The text must have been added to the sources.
ast::Ptr parse_expression(SourceId source, Diagnostics& diagnostics);

/// One line a token: `1:1 NAME mnist`. For --emit=tokens.
std::string print_tokens(SourceId source, const Sources& sources);
/// The tree, one node a line, indented by depth. For --emit=ast.
std::string print(const ast::File& file);
/// The canonical text: comments kept, two spaces of indent, lines of at most 100 columns where they can be broken. Parses
/// to the same tree.
std::string format(const ast::File& file, const Sources& sources);
/// Same tree, spans aside.
bool same(const ast::File& a, const ast::File& b);

}  // namespace dnnc
