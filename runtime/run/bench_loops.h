#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "runtime/run/bench_table.h"

namespace dnnc::runtime {

inline bool has_loops(const EntryInfo& entry) {
  bool found = false;
  for_each_call(entry.step, [&](size_t, const Nest& nest) { found = found || !nest.loops.empty(); });
  return found;
}

/// What bench shows of loops. Trainers of programs without any are linked without it.
struct LoopTable {
  /// A line for each loop: its time on one thread, what its contractions reach of the peak, and the kernels of a trip.
  std::string (*text)(const BenchFigures& figures);
  /// The same, as the list `loops` of the event.
  nlohmann::json (*json)(const BenchFigures& figures);
};

/// The name of the one there is.
inline constexpr const char* loop_table_symbol = "dnnc_loop_table";

}  // namespace dnnc::runtime
