#pragma once
#include "compiler/kernels/memory_plan.h"
#include "runtime/program/manifest.h"

namespace dnnc::test {

/// What a memory check must know of a plan.
inline runtime::Manifest memory_manifest(const Plan& plan) {
  runtime::Manifest manifest{.arena_bytes = plan.arena_bytes, .kept_bytes = plan.kept_bytes};
  for (const Entry& entry : plan.entries) {
    runtime::EntryInfo info{.kind = entry.kind, .code = manifest.entries.size(), .step = entry.step};
    for (const KernelCall& call : entry.calls) info.calls.push_back({.name = call.name});
    manifest.entries.push_back(std::move(info));
  }
  manifest.memory = memory_plan(plan);
  return manifest;
}

}  // namespace dnnc::test
