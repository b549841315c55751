#pragma once
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "compiler/halide/cpu/contraction_plan.h"
#include "compiler/halide/cpu/reduction_plan.h"
#include "compiler/kernels/segments.h"

namespace dnnc {

/// Outputs of equal axes that are computed point by point together, all before any of them is stored.
struct OutputGroup {
  std::vector<size_t> outputs;   ///< of the kernel
  std::vector<int64_t> extents;  ///< of their axes
  bool overwrites = false;       ///< some of them overwrite inputs
  /// Reductions of the same axes that are made right where the group reads them: one contraction, or others alike.
  std::vector<NodeId> reductions;
};

struct PlannedContraction {
  Contraction contraction;
  ContractionPlan plan;
};

/// How the nodes of a kernel's body are computed. Formulas that are neither in a group nor inlined are stages of their
/// own.
struct KernelStructure {
  std::vector<OutputGroup> groups;
  std::set<NodeId> inlined;  ///< computed where they are read
  std::map<NodeId, PlannedContraction> contractions;
  std::map<NodeId, ReductionPlan> reductions;
  std::map<NodeId, std::vector<Segment>> segmented;  ///< sums whose terms are added to their places, in order
  std::map<NodeId, NodeId> place_of_extremum;  ///< of a maximum its arg-maximum, with which it is found in one pass
};

KernelStructure structure_of(const Kernel& kernel, const CpuTarget& target);

/// The node's place in the list of outputs, where it is stored first.
std::optional<size_t> output_of(const Graph& body, NodeId node);

}  // namespace dnnc
