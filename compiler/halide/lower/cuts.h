#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "compiler/halide/structure/contraction.h"

namespace dnnc {

/// A reduction of which only `block` terms at a time are summed in registers; the blocks are summed in memory, in
/// order.
struct MemorySum {
  uint32_t index = 0;
  int64_t block = 1;
  bool apart =
      false;  ///< each block has sums of its own in memory, which may be made at the same time, and are then added
};

/// How the sums of a contraction are cut: into tiles of the result whose sums stay in registers.
struct ContractionCut {
  uint32_t vector_index = 0;  ///< of the result: runs along the lanes
  std::vector<int64_t> tile;  ///< by index of the result; along the vector index whole vectors
  /// By operand: the index of the result by whose tiles the operand is first copied into panels, each as wide as a
  /// tile and read from begin to end. Of the vector operand it is the vector index.
  std::array<std::optional<uint32_t>, 2> panels;
  std::vector<uint32_t> reductions;     ///< summed in registers, innermost first
  std::optional<MemorySum> memory_sum;  ///< its loop is outside of all tiles
};

/// Terms of a reduction's index that are summed in registers at a time.
inline int64_t register_terms(const Contraction& contraction, const ContractionCut& cut, uint32_t index) {
  return cut.memory_sum && cut.memory_sum->index == index ? cut.memory_sum->block : contraction.extents[index];
}

/// How a reduction that is no contraction is cut into partial results.
struct ReductionCut {
  /// Along what the lanes of a vector run: the last axis of the result, so that each lane has a result of its own, or
  /// the last index of the reduction, so that a row is reduced to `lanes` partial results, and those by a tree.
  enum class Lanes { Kept, Reduced } along = Lanes::Kept;
  int64_t lanes = 1;
  int64_t vector = 1;  ///< lanes of one vector of the machine
  /// The outermost index of the reduction is cut into so many equal parts, reduced apart and merged in order.
  int64_t parts = 1;
};

/// What of a target's plan decides the algorithm of a kernel, and so the order in which terms are added: all that `lower`
/// asks of a target. In what loops it is computed is up to the target's schedule.
struct KernelCuts {
  std::map<NodeId, ContractionCut> contractions;  ///< those that are not computed as other reductions are
  std::map<NodeId, ReductionCut> reductions;      ///< all others of the structure
  /// By number of the structure's group: those of its reductions that are computed right where the group reads them.
  std::vector<std::vector<NodeId>> taken_in;
};

}  // namespace dnnc
