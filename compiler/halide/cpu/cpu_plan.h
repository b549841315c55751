#pragma once
#include "compiler/halide/backend.h"
#include "compiler/halide/cpu/contraction_plan.h"
#include "compiler/halide/cpu/reduction_plan.h"
#include "compiler/halide/structure/structure.h"

namespace dnnc {

/// How a processor computes a kernel.
struct CpuPlan final : KernelPlan {
  std::map<NodeId, ContractionPlan> contractions;
  std::map<NodeId, ReductionPlan> reductions;
  std::vector<std::vector<NodeId>> taken_in;  ///< see KernelCuts

  KernelCuts cuts() const override;
};

CpuPlan plan_for_cpu(const Kernel& kernel, const KernelStructure& structure, const CpuTarget& target);

}  // namespace dnnc
