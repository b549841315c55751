#pragma once
#include "compiler/halide/contraction_plan.h"

namespace dnnc {

/// The cycles that one core is predicted to take, without packing.
double predicted_cycles(const Contraction& contraction, const ContractionPlan& plan, const CpuTarget& target);

}  // namespace dnnc
