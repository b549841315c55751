#pragma once
#include <Halide.h>

#include <map>
#include <string>

namespace dnnc {

/// Buffers of a pipeline that are one piece of memory under two names: the name of an input, and that of the output that is stored
/// over it.
using SameMemory = std::map<std::string, std::string>;

/// Makes few launches of the many that Halide's statement has, in the order of what reads what. Those that do not depend on each
/// other share one, each with groups of its own. A chain of small ones is computed by one group, which waits for its threads
/// between them. None does anything once the flag of the device is set (runtime/program/device.h).
void merge_launches(Halide::Pipeline& pipeline, SameMemory same);

}  // namespace dnnc
