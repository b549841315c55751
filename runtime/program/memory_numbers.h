#pragma once
#include <algorithm>
#include <optional>

#include "runtime/program/aligned_memory.h"
#include "runtime/program/run_numbers.h"

namespace dnnc::runtime {

/// The bytes that a machine allocates for what the number says, if it is about memory. A program is a manifest or the
/// compiler's plan: it tells how much of its arena is needed, and which part of that by each of its entries.
template <class Program>
std::optional<int64_t> memory_number(const Program& program, const MemoryLayout& layout, RunNumber number) {
  if (number == RunNumber::TrainMemory) return AlignedMemory::allocated(program.arena_bytes, layout);
  if (number != RunNumber::PredictMemory) return std::nullopt;
  int64_t bytes = 0;
  for (const auto& entry : program.entries)
    if (gives_answers(entry.kind)) bytes = std::max(bytes, entry.arena_bytes);
  return bytes ? std::optional(AlignedMemory::allocated(bytes, layout)) : std::nullopt;
}

}  // namespace dnnc::runtime
