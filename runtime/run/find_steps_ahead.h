#pragma once
#include "runtime/run/steps_ahead.h"

// Null in a trainer that was linked without it.
extern "C" __attribute__((weak)) const dnnc::runtime::AheadMaker dnnc_steps_ahead;

namespace dnnc::runtime {

/// Null where each step is done before the next is asked for.
inline std::unique_ptr<StepsAhead> steps_ahead_of(Machine& machine, const EntryInfo& entry, const Means& means) {
  const AheadMaker* const maker = &dnnc_steps_ahead;
  return maker && machine.runs_ahead() ? maker->start(machine, entry, means) : nullptr;
}

/// Null where the host puts every batch.
inline std::unique_ptr<DeviceBatches> device_batches_of(Machine& machine, const EntryInfo& entry, const DataSet& data) {
  const AheadMaker* const maker = &dnnc_steps_ahead;
  return maker && entry.takes && machine.beside() ? maker->batches(machine, entry, data) : nullptr;
}

}  // namespace dnnc::runtime
