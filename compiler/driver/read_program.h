#pragma once
#include <string>
#include <vector>

#include "compiler/support/diagnostics.h"
#include "compiler/syntax/ast.h"

namespace dnnc {

/// Reads and parses a file and all that it imports, each once, the main file first. Faults (no such file, a cycle)
/// are reported at the import. Empty if the main file could not be read.
std::vector<ast::File> read_program(const std::string& path, Sources& sources, Diagnostics& diagnostics);

}  // namespace dnnc
