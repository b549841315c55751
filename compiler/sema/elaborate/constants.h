#pragma once
#include "compiler/sema/names/program.h"

namespace dnnc {

/// Gives every constant of the files its value; `--set` goes before the text. Constants may stand in any order.
void evaluate_constants(Program& program, const CheckOptions& options, Diagnostics& diagnostics);

}  // namespace dnnc
