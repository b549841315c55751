#pragma once
#include <Halide.h>

#include <optional>
#include <set>
#include <vector>

#include "compiler/halide/lower/cuts.h"
#include "compiler/halide/structure/structure.h"
#include "runtime/program/memory_layout.h"

namespace dnnc {

/// The names of Funcs that keep parts of sums in memory end so.
inline constexpr const char* parts_ending = "_parts";

/// An operand of a contraction, copied into panels as wide as a tile: `packed` from rows in `loaded`.
struct PanelFuncs {
  size_t operand = 0;
  uint32_t index = 0;  ///< of the result; along it the operand is cut
  size_t axis = 0;     ///< of the operand's array, that the index runs along
  int64_t width = 1;
  std::vector<Halide::Var> axes;  ///< by axis of the operand's array; along the cut one, within a panel
  Halide::Var panel;
  Halide::Func loaded, packed;
};

/// The parts of a contraction that are scheduled apart from its result.
struct ContractionFuncs {
  Contraction contraction;
  ContractionCut cut;
  Halide::Func sums;                  ///< a tile of sums: the vector index innermost
  std::optional<Halide::Func> parts;  ///< their copy in memory, if each block has its own
  std::vector<Halide::Var> indices;   ///< of the sums, by index of the result
  std::vector<Halide::Var> blocks;    ///< of the sums: which block of the terms, if blocks are summed in memory
  std::vector<Halide::RVar> reduced;  ///< by number in the cut's reductions
  std::vector<Halide::RVar> memory;   ///< the loop over blocks, in the update of the stage's Func
  std::vector<PanelFuncs> panels;
};

/// The parts of a reduction that are scheduled apart from its result.
struct ReductionFuncs {
  ReductionCut cut;
  Reduction reduction = Reduction::None;
  Halide::Func partial;                 ///< results of one lane and part
  std::optional<Halide::Func> parts;    ///< its copy in memory, if there are several parts
  std::optional<Halide::Func> folded;   ///< one vector of lanes, if lanes run along a row
  std::optional<Halide::Func> rest;     ///< the end of a row
  std::vector<Halide::Var> axes;        ///< of the partial results, by number of the node's axis
  std::vector<Halide::Var> lane, part;  ///< one or none
  std::vector<Halide::RVar> loops;      ///< by number of the reduction's index
};

/// The parts of a sum whose terms are added to their places.
struct SegmentFuncs {
  std::set<uint32_t> told_by_value;  ///< axes along which a value tells the place of a term
  std::vector<Halide::RVar> terms;   ///< by number of the reduction's index
};

/// The Func of one comprehension of a kernel's body. Its arguments are the node's axes, the last one innermost.
struct Stage {
  NodeId node;
  Halide::Func func;
  std::vector<Halide::Var> axes;  ///< by number of the node's axis
  std::optional<ContractionFuncs> contraction;
  std::optional<ReductionFuncs> reduction;
  std::optional<SegmentFuncs> segments;
  bool in_group = false;  ///< a reduction that a group takes in: `func` is not used
};

/// Outputs that are computed together: a Func of one or more values; if it overwrites inputs, undefined at first and
/// updated from its own old values.
struct GroupStage {
  OutputGroup group;  ///< its reductions are those taken in, its outputs theirs too
  Halide::Func func;
  std::vector<Halide::Var> axes;
};

/// A kernel's algorithm, without any schedule.
struct LoweredKernel {
  std::vector<Halide::ImageParam> inputs;
  std::vector<Stage> stages;  ///< each after those it reads
  std::vector<GroupStage> groups;
  std::vector<Halide::Func> outputs;
  /// Output k of the kernel is buffer `buffer_of_output[k]` of the pipeline's output buffers.
  std::vector<size_t> buffer_of_output;
};

/// Makes the algorithm of a kernel whose buffers lie as `memory` says. All bounds (but of kernels of any length), strides
/// and alignments are constants; names begin with the kernel's symbol, so that they are its own in a process that compiles
/// many.
LoweredKernel lower(const Kernel& kernel, const KernelStructure& structure, const KernelCuts& cuts,
                    const runtime::MemoryLayout& memory);

}  // namespace dnnc
