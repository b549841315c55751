#pragma once
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "compiler/halide/contraction_plan.h"

namespace dnnc {

/// Outputs of equal axes that are computed point by point together, all before any of them is stored.
struct OutputGroup {
  std::vector<size_t> outputs;        ///< of the kernel
  std::vector<int64_t> extents;       ///< of their axes
  bool overwrites = false;            ///< some of them overwrite inputs
  std::optional<NodeId> contraction;  ///< summed tile by tile right where the group reads it
};

struct PlannedContraction {
  Contraction contraction;
  ContractionPlan plan;
};

/// How the nodes of a kernel's body are computed. Formulas in none of the lists are stages of their own.
struct KernelStructure {
  std::vector<OutputGroup> groups;
  std::set<NodeId> inlined;  ///< computed in the group that reads them, at its point
  std::map<NodeId, PlannedContraction> contractions;
};

KernelStructure structure_of(const Kernel& kernel, const CpuTarget& target);

/// The node's place in the list of outputs, where it is stored first.
std::optional<size_t> output_of(const Graph& body, NodeId node);

}  // namespace dnnc
