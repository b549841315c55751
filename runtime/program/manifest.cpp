#include "runtime/program/manifest.h"

#include "runtime/program/machine.h"

namespace dnnc::runtime {

std::optional<int64_t> memory_number(const Manifest& manifest, std::string_view name) {
  if (name == "memory.train") return Machine::allocated(manifest.arena_bytes);
  if (name != "memory.predict") return std::nullopt;
  for (const EntryInfo& entry : manifest.entries)
    if (entry.kind == EntryKind::Predict) return Machine::allocated(entry.arena_bytes);
  return std::nullopt;
}

}  // namespace dnnc::runtime
