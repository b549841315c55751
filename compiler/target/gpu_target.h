#pragma once
#include <cstdint>
#include <string>

#include "compiler/target/cpu_target.h"
#include "runtime/program/memory_layout.h"

namespace dnnc {

/// What it takes to launch a kernel that waits for the one before it, and what a thread of a device could do meanwhile.
constexpr int64_t nanoseconds_of_launch = 600, cycles_of_nanosecond = 2;

/// A thread of CUDA loads 16 bytes at once.
constexpr int64_t wide_of_cuda = 4;

/// A device that kernels are compiled for: everything about it that decides what their code is.
struct GpuTarget {
  std::string api = runtime::word_of(TargetName::OpenCl);  ///< as Halide names it too
  int64_t threads = 64;                                    ///< of a work-group
  int64_t most_sums = 16;                                  ///< that a thread keeps in registers
  int64_t busy_threads = 16384;                            ///< that a device works at in a cycle, if there are so many
  int64_t cycles_of_launch = nanoseconds_of_launch * cycles_of_nanosecond;
  int64_t at_once = 1;  ///< numbers that lie side by side and that a thread loads or stores as one (wide_loads.h)
  runtime::MemoryLayout memory = runtime::device_memory;
  int64_t most_words = 255;     ///< registers of a thread, and
  int64_t most_threads = 1024;  ///< threads of a group that every device has which code is made for
};

/// One line that tells apart what is compiled differently: for keys of caches, and in manifests.
inline std::string text_of(const GpuTarget& target) {
  return target.api + ", groups of " + std::to_string(target.threads) + " threads of " +
         std::to_string(target.most_sums) + " sums, " + std::to_string(target.busy_threads) + " at a time, " +
         std::to_string(target.cycles_of_launch) + " cycles a launch, " + std::to_string(target.at_once) +
         " numbers at once";
}

}  // namespace dnnc
