#pragma once
#include <optional>
#include <string>
#include <vector>

#include "compiler/halide/lower/cuts.h"
#include "compiler/target/cpu_target.h"

namespace dnnc {

/// How a processor computes a contraction.
struct ContractionPlan : ContractionCut {
  size_t vector_operand = 0;    ///< read by vectors; the other one by broadcasts of single numbers
  std::vector<int64_t> unroll;  ///< by number in `reductions`; what divides the extent
  std::vector<uint32_t> loops;  ///< over tiles, innermost first; indices of the result
  double cycles = 0;            ///< predicted for one core
};

/// Chooses the cheapest plan by a cost model; std::nullopt if no tile fits the registers.
std::optional<ContractionPlan> plan_contraction(const Contraction& contraction, const CpuTarget& target);

/// "vector j x2, tile i:6 j:16, sum k, loops i j": for tests and dumps.
std::string print(const ContractionPlan& plan);

}  // namespace dnnc
