#pragma once
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "compiler/halide/structure/contraction.h"
#include "compiler/kernels/segments.h"

namespace dnnc {

/// Outputs of equal axes that are computed point by point together, all before any of them is stored.
struct OutputGroup {
  std::vector<size_t> outputs;   ///< of the kernel
  std::vector<int64_t> extents;  ///< of their axes
  bool overwrites = false;       ///< some of them overwrite inputs
  /// Reductions of the same axes that the group alone reads, each at its own point: a target may compute them right
  /// there. Or, of a group without outputs so far, an output that nothing reads. A target that takes one in stores its
  /// values among the outputs of the group: see values_of.
  std::vector<NodeId> reductions;
};

/// What a kernel computes, for whatever target. Formulas that are neither in a group nor inlined are stages of their
/// own. Each reduction stands in one of `contractions`, `reductions`, `segmented`, or is found with its place.
struct KernelStructure {
  std::vector<OutputGroup> groups;
  std::set<NodeId> inlined;  ///< computed where they are read
  std::map<NodeId, Contraction> contractions;
  std::set<NodeId> reductions;
  std::map<NodeId, std::vector<Segment>> segmented;  ///< sums whose terms are added to their places, in order
  std::map<NodeId, NodeId> place_of_extremum;  ///< of a maximum its arg-maximum, with which it is found in one pass

  /// The reduction that finds a node's value: of a maximum, where there is one, the arg-maximum of the same.
  NodeId computing(NodeId node) const;
  /// The nodes whose values a reduction finds, itself first.
  std::vector<NodeId> values_of(NodeId reduction) const;
};

KernelStructure structure_of(const Kernel& kernel);

/// The node's place in the list of outputs, where it is stored first.
std::optional<size_t> output_of(const Graph& body, NodeId node);

}  // namespace dnnc
