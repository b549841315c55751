#pragma once
#include <array>

#include "compiler/halide/cpu/contraction_plan.h"

namespace dnnc {

/// What a plan does, counted; or the price of each kind in cycles.
struct PlanCost {
  double steps = 0;         ///< cycles of multiply-adds, if all came from registers
  double loads = 0;         ///< of vectors and broadcasts
  double narrow_steps = 0;  ///< multiply-adds of a tile of one vector: each broadcast is used once
  double trips = 0;         ///< of loops over terms in registers
  double kept = 0;          ///< vectors and broadcasts that LLVM keeps, on the stack, for the next tiles
  double visits = 0;        ///< of a tile: its loops begin and end
  double stores = 0;        ///< of sums; loads too, where they are added up in memory
  double masked_stores = 0;
  double conflicts = 0;   ///< loads of lines that drive each other out of the first cache within one step
  double transposed = 0;  ///< elements of a result stored across the lanes
  double turned = 0;      ///< elements of an operand packed by transposed blocks
  double copied = 0;      ///< elements of an operand packed as they lie
  double copies = 0;      ///< vectors, or pieces of one, that these are copied by
  std::array<double, cache_levels> lines = {};  ///< that are not in a cache when they are needed
};

PlanCost cost_of(const Contraction& contraction, const ContractionPlan& plan, const CpuTarget& target);

/// The cycles that one core is predicted to take.
double cycles_of(const PlanCost& cost);

}  // namespace dnnc
