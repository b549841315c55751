#pragma once
#include <string>
#include <vector>

#include "runtime/program/manifest.h"

namespace dnnc::runtime {

/// What bench has measured of a training step.
struct BenchFigures {
  const Manifest& manifest;
  const EntryInfo& entry;
  int threads = 1;
  double peak = 0;                        ///< floating-point operations a second of one core
  double step_seconds = 0;                ///< on `threads` threads
  double step_seconds_on_one = 0;         ///< on one
  std::vector<double> call_seconds = {};  ///< of each call of the entry, on one thread
};

/// A table with a line for each kernel, the one that takes most time first, and what all take together.
std::string bench_text(const BenchFigures& figures);

/// The same as one line of JSON:
/// {"event":"bench","schema":1,"run","batch","threads","step_seconds","step_seconds_one_thread","kernel_seconds",
///  "peak_flops","kernels":[{"kernel","kind","name","place","seconds","share","flops","bytes","flops_per_second",
///  "of_peak","bytes_per_second"}]}. Contractions have flops, the others bytes a second; what does not apply is null.
std::string bench_json(const BenchFigures& figures);

}  // namespace dnnc::runtime
