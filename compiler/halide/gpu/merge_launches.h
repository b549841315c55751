#pragma once
#include <Halide.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "compiler/halide/backend.h"
#include "compiler/halide/gpu/launches.h"

namespace dnnc {

/// Buffers of a pipeline that are one piece of memory under two names: the name of an input, and that of the output that is stored
/// over it.
using SameMemory = std::map<std::string, std::string>;

/// A buffer of float32 that is looked at when it is stored.
struct LookedAt {
  std::string buffer;
  int64_t count;
};

/// Puts more launches to those of a kernel.
using AddLaunches = std::function<void(LaunchList& list)>;

/// Makes few launches of the many that Halide's statement has, in the order of what reads what. Those that do not depend on each
/// other share one, each with groups of its own. A chain of small ones is computed by one group, which waits for its threads
/// between them. None does anything once the flag of the device is set (runtime/program/device.h);
/// what is looked at sets it, if a number is not finite: to how many stand from the first of them on that has one.
/// What the launches use is put into `use`, which outlives the pipeline.
void merge_launches(Halide::Pipeline& pipeline, SameMemory same, std::vector<LookedAt> looked_at, AddLaunches add,
                    DeviceUse& use);

}  // namespace dnnc
