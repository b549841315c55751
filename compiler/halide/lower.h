#pragma once
#include <Halide.h>

#include <optional>
#include <set>
#include <vector>

#include "compiler/kernels/kernel.h"

namespace dnnc {

/// The Func of one comprehension of a kernel's body. Its arguments are the node's axes, the last one innermost.
struct Stage {
  NodeId node;
  Halide::Func func;
  std::vector<Halide::Var> axes;      ///< by number of the node's axis
  std::vector<Halide::RVar> reduced;  ///< by number of the reduction's index; in a loop the last one is innermost
};

/// Outputs of a kernel that are computed point by point together, because some of them overwrite inputs: one Tuple,
/// undefined at first, updated from its own old values.
struct OverwritingStage {
  std::vector<size_t> outputs;  ///< of the kernel; element k of the Tuple is outputs[k]
  Halide::Func func;
  std::vector<Halide::Var> axes;
};

/// A kernel's algorithm, without any schedule.
struct LoweredKernel {
  std::vector<Halide::ImageParam> inputs;
  std::vector<Stage> stages;  ///< each after those it reads
  std::vector<OverwritingStage> overwriting;
  std::vector<Stage> copies;  ///< outputs that are the element-wise copy of a stage or input
  std::vector<Halide::Func> outputs;
  /// Output k of the kernel is buffer `buffer_of_output[k]` of the pipeline's output buffers.
  std::vector<size_t> buffer_of_output;
};

/// Nodes without a reduction that are computed where they are read, not stored.
using InlinedNodes = std::set<NodeId>;

/// Those that must be inlined: nodes that read an input which the kernel overwrites.
InlinedNodes nodes_that_read_overwritten(const Kernel& kernel);

/// Makes the algorithm of a kernel. All bounds, strides and alignments are constants; names begin with the kernel's
/// symbol, so that they are its own in a process that compiles many.
LoweredKernel lower(const Kernel& kernel, const InlinedNodes& inlined);

}  // namespace dnnc
