#pragma once
#include <string>
#include <vector>

#include "compiler/support/diagnostics.h"
#include "compiler/syntax/ast.h"
#include "runtime/program/manifest.h"

namespace dnnc {

/// Reads and parses a file and all that it imports, each once, the main file first. Faults (no such file, a cycle)
/// are reported at the import. Empty if the main file could not be read.
std::vector<ast::File> read_program(const std::string& path, Sources& sources, Diagnostics& diagnostics);

/// Parses texts that were read before, as a record has them: the main one and then all that it imports.
std::vector<ast::File> parse_program(const std::vector<runtime::SourceText>& texts, Sources& sources,
                                     Diagnostics& diagnostics);

}  // namespace dnnc
