#pragma once
#include <cstdint>

#include "compiler/halide/lower/cuts.h"
#include "compiler/target/cpu_target.h"

namespace dnnc {

/// How a processor computes a reduction that is no contraction.
struct ReductionPlan : ReductionCut {
  /// With a lane for each result: so many terms at most are written out side by side, without loops.
  int64_t written_out = 1;
};

/// Chosen by what is read without gaps along the lanes, and by how much there is to do; never by the number of threads.
ReductionPlan plan_reduction(const Graph& body, NodeId node, const CpuTarget& target);

/// How many tasks a piece of work of so many cycles is cut into: the same for any number of threads.
int64_t tasks_for(double cycles);
/// How many pieces of work of so many cycles each make a task.
int64_t pieces_of_task(double cycles);

}  // namespace dnnc
