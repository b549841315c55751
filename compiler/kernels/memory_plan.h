#pragma once
#include "compiler/kernels/kernel.h"
#include "runtime/program/memory_plan.h"

namespace dnnc {

/// What of a plan the runtime needs to check each call: buffers and entries keep their numbers.
runtime::MemoryPlan memory_plan(const Plan& plan);

}  // namespace dnnc
