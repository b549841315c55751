#include "runtime/program/manifest.h"

#include "runtime/program/machine.h"

namespace dnnc::runtime {

double LoopRule::number(const std::string& key, double standard) const {
  auto found = numbers.find(key);
  return found == numbers.end() ? standard : found->second;
}

std::string LoopRule::word(const std::string& key, const std::string& standard) const {
  auto found = words.find(key);
  return found == words.end() ? standard : found->second;
}

std::optional<int64_t> memory_number(const Manifest& manifest, std::string_view name) {
  if (name == "memory.train") return Machine::allocated(manifest.arena_bytes);
  if (name != "memory.predict") return std::nullopt;
  for (const EntryInfo& entry : manifest.entries)
    if (entry.kind == EntryKind::Predict) return Machine::allocated(entry.arena_bytes);
  return std::nullopt;
}

}  // namespace dnnc::runtime
