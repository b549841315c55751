#pragma once
#include <vector>

#include "compiler/driver/session.h"
#include "compiler/halide/compile.h"
#include "compiler/kernels/kernel.h"
#include "runtime/program/program.h"

namespace dnnc {

/// The first target of --target.
Target chosen_target(const Session& session);

/// The kind of device that a target is; null for a processor.
const dnnc_device* device_of(TargetName target);

/// The plan of graphs for one of the targets that code is made for. Kernels are called after it, but for those of the first
/// processor: so programs for all of them can be linked together.
Plan plan_for(const Session& session, const std::vector<EntryGraph>& graphs, TargetName target, const Backend& backend);

/// Prints what --emit asks for of graphs after all passes: fused groups.
void emit_groups(const Session& session, const std::vector<EntryGraph>& graphs);

/// Prints what --emit asks for of a plan, and of the code that is made of it.
void emit_plan(const Session& session, const Plan& plan, const Backend& backend);

/// Plans graphs for each target and prints the same.
void emit_plans(const Session& session, const std::vector<EntryGraph>& graphs);

/// Plans graphs and prints what --emit asks for of them. Gives the exit code.
int emit_compiled(const Session& session, const std::vector<EntryGraph>& graphs);

}  // namespace dnnc
