#include "runtime/program/manifest.h"

#include "runtime/program/memory_numbers.h"

namespace dnnc::runtime {

std::optional<int64_t> memory_number(const Manifest& manifest, RunNumber number) {
  return memory_number(manifest, manifest.machine.memory, number);
}

}  // namespace dnnc::runtime
