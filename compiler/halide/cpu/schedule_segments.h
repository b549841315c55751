#pragma once
#include "compiler/halide/lower/lower.h"
#include "compiler/target/cpu_target.h"

namespace dnnc {

/// Schedules the update of a sum whose terms are added to their places. Terms stay in order; tasks have places of their
/// own: they cut the axes that are told by no value. `cycles` of all of it tell whether there is enough to do.
void schedule_segments(const Stage& stage, const Node& node, const CpuTarget& target, double cycles);

}  // namespace dnnc
