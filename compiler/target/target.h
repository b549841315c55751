#pragma once
#include <variant>

#include "compiler/target/cpu_target.h"
#include "compiler/target/gpu_target.h"

namespace dnnc {

/// What kernels are compiled for.
using Target = std::variant<CpuTarget, GpuTarget>;

inline Target target_of(TargetName name) {
  if (const auto processor = processor_of(name)) return *processor;
  return GpuTarget{.api = runtime::word_of(name), .at_once = name == TargetName::Cuda ? wide_of_cuda : 1};
}

inline std::string text_of(const Target& target) {
  return std::visit([](const auto& one) { return text_of(one); }, target);
}

inline const runtime::MemoryLayout& memory_of(const Target& target) {
  return std::visit([](const auto& one) -> const runtime::MemoryLayout& { return one.memory; }, target);
}

}  // namespace dnnc
