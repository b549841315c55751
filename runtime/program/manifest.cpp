#include "runtime/program/manifest.h"

#include "runtime/program/aligned_memory.h"

namespace dnnc::runtime {

std::optional<int64_t> memory_number(const Manifest& manifest, std::string_view name) {
  if (name == "memory.train") return AlignedMemory::allocated(manifest.arena_bytes, manifest.machine.memory);
  if (name != "memory.predict") return std::nullopt;
  for (const EntryInfo& entry : manifest.entries)
    if (entry.kind == EntryKind::Predict) return AlignedMemory::allocated(entry.arena_bytes, manifest.machine.memory);
  return std::nullopt;
}

}  // namespace dnnc::runtime
