#pragma once
#include <cstdint>

#include "compiler/halide/compile.h"

namespace dnnc {

/// How a reduction that is no contraction is computed.
struct ReductionPlan {
  /// Along what the lanes of a vector run: the last axis of the result, so that each lane has a result of its own, or
  /// the last index of the reduction, so that a row is reduced to `lanes` partial results, and those by a tree.
  enum class Lanes { Kept, Reduced } along = Lanes::Kept;
  int64_t lanes = 1;
  int64_t vector = 1;  ///< lanes of one vector of the machine
  /// The outermost index of the reduction is cut into so many equal parts, reduced apart and merged in order.
  int64_t parts = 1;
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
