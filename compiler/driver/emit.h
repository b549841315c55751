#pragma once
#include <vector>

#include "compiler/driver/session.h"
#include "compiler/halide/compile.h"
#include "compiler/kernels/kernel.h"

namespace dnnc {

/// The target of --target.
Target chosen_target(const Session& session);

/// Prints what --emit asks for of graphs after all passes: fused groups.
void emit_groups(const Session& session, const std::vector<EntryGraph>& graphs);

/// Prints what --emit asks for of a plan, and of the code that is made of it.
void emit_plan(const Session& session, const Plan& plan, const Backend& backend);

/// Plans graphs and prints what --emit asks for of them. Gives the exit code.
int emit_compiled(const Session& session, const std::vector<EntryGraph>& graphs);

}  // namespace dnnc
