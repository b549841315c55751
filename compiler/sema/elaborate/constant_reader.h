#pragma once
#include "compiler/sema/names/call_forms.h"
#include "compiler/sema/names/program.h"

namespace dnnc {

/// Reads calls whose numbers are formulas of the main file's constants. Both arguments must outlive it.
CallReader constant_reader(const Program& program, Diagnostics& diagnostics);

}  // namespace dnnc
