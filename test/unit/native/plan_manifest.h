#pragma once
#include "compiler/kernels/entry_info.h"
#include "compiler/kernels/memory_plan.h"
#include "runtime/program/machine.h"

namespace dnnc::test {

/// What a machine must know of a plan to run it; with `check_memory` every call is checked.
inline runtime::Manifest plan_manifest(const Plan& plan, bool check_memory) {
  runtime::Manifest manifest{.arena_bytes = plan.arena_bytes, .kept_bytes = plan.kept_bytes};
  manifest.machine.memory = plan.memory;
  manifest.entries = entry_infos(plan, {[](Span) { return "no place"; }, [](const Kernel&) { return 0.0; }});
  if (check_memory) manifest.memory = memory_plan(plan);
  return manifest;
}

/// Fills memory with NaNs, so that what is read before it is written shows.
constexpr runtime::Machine::Memory full_of_nan = {.fill = 0xff};

}  // namespace dnnc::test
