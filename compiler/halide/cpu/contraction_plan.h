#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "compiler/halide/compile.h"
#include "compiler/halide/structure/contraction.h"

namespace dnnc {

/// A reduction of which only `block` terms at a time are summed in registers; the blocks are summed in memory, in
/// order.
struct MemorySum {
  uint32_t index = 0;
  int64_t block = 1;
};

/// How a contraction is computed: the result is cut into tiles whose sums stay in registers.
struct ContractionPlan {
  size_t vector_operand = 0;  ///< read by vectors; the other one by broadcasts of single numbers
  uint32_t vector_index = 0;  ///< of the result: runs along the lanes
  std::vector<int64_t> tile;  ///< by index of the result; along the vector index whole vectors
  /// By operand: the index of the result by whose tiles the operand is first copied into panels, each as wide as a
  /// tile and read from begin to end. Of the vector operand it is the vector index.
  std::array<std::optional<uint32_t>, 2> panels;
  std::vector<uint32_t> reductions;     ///< summed in registers, innermost first
  std::vector<int64_t> unroll;          ///< by number in `reductions`; what divides the extent
  std::optional<MemorySum> memory_sum;  ///< its loop is outside of all tiles
  std::vector<uint32_t> loops;          ///< over tiles, innermost first; indices of the result
  double cycles = 0;                    ///< predicted for one core
};

/// Terms of a reduction's index that are summed in registers at a time.
int64_t register_terms(const Contraction& contraction, const ContractionPlan& plan, uint32_t index);

/// Chooses the cheapest plan by a cost model; std::nullopt if no index of the result can run along the lanes.
std::optional<ContractionPlan> plan_contraction(const Contraction& contraction, const CpuTarget& target);

/// "vector j x2, tile i:6 j:16, sum k, loops i j": for tests and dumps.
std::string print(const ContractionPlan& plan);

}  // namespace dnnc
