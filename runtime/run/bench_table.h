#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "runtime/program/manifest.h"

namespace dnnc::runtime {

/// Seconds a step of training, and of these the parts. What is left is bookkeeping: shuffles, settings, means.
struct StepSeconds {
  double whole = 0, gather = 0, kernels = 0, guard = 0;
  /// None where it is less than what cannot be told from rounding.
  double bookkeeping() const {
    const double rest = whole - gather - kernels - guard;
    return rest > 1e-6 * whole ? rest : 0;
  }
};

/// What bench has measured of training.
struct BenchFigures {
  const Manifest& manifest;
  const EntryInfo& entry;
  std::string device =
      {};  ///< that takes the steps; empty: this processor, of which alone there are threads and a peak
  int threads = 1;
  double peak = 0;                        ///< floating-point operations a second of one core
  double examples = 0;                    ///< in a step, on average over those of an epoch
  double processor_share = 1;             ///< of the time on one thread, that in which a processor worked for it
  StepSeconds step = {};                  ///< on `threads` threads
  StepSeconds step_on_one = {};           ///< on one
  std::vector<double> call_seconds = {};  ///< of each call of the entry, on one thread
  std::vector<double> call_shares = {};   ///< of each call: in how many of all trips it was made
  double flops(size_t call) const { return call_shares[call] * entry.calls[call].flops; }
  double bytes(size_t call) const { return call_shares[call] * entry.calls[call].bytes; }
};

/// A table with a line for each kernel, the one that takes most time first, one of the loops, if there are any, and one of the
/// parts of a step.
std::string bench_text(const BenchFigures& figures);

/// The same as the event `bench`:
/// {"run","batch","threads","processor_share","step_seconds","step_seconds_one_thread","kernel_seconds",
///  "parts":[{"part":"gather"|"kernels"|"guard"|"bookkeeping","seconds","seconds_one_thread"}],
///  "peak_flops","kernels":[{"kernel","kind","name","place","seconds","share","flops","bytes","flops_per_second",
///  "of_peak","bytes_per_second"}],"loops":[{"direction","trips","parts","seconds","of_peak","kernels"}]}: a loop's time is that of
/// all its trips on one thread. Contractions have flops, the others bytes a second; what does not apply is null.
std::string bench_json(const BenchFigures& figures);

}  // namespace dnnc::runtime
