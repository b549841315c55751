#include "runtime/bench.h"

#include <algorithm>
#include <chrono>
#include <vector>

namespace dnnc::runtime {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

constexpr double kSeconds = 1.0;
constexpr int kSlices = 20;

/// Seconds a step: the median over slices of one second of steps.
double seconds_a_step(Machine& machine, const EntryInfo& entry) {
  std::vector<double> slices;
  int64_t steps = 1;
  while (slices.size() < kSlices) {
    const Clock::time_point begin = Clock::now();
    for (int64_t i = 0; i < steps; ++i) {
      machine.compute(entry);
      machine.update(entry);
    }
    const double seconds = seconds_since(begin);
    if (seconds < kSeconds / kSlices && steps < (int64_t{1} << 30)) {
      steps *= 2;
      continue;
    }
    slices.push_back(seconds / static_cast<double>(steps));
  }
  std::sort(slices.begin(), slices.end());
  return slices[slices.size() / 2];
}

}  // namespace

void bench(Machine& machine, const DataSet& data, Report& report) {
  const EntryInfo& entry = machine.entry("train");
  Feeder feeder(machine, entry, data);
  feeder.feed(data.train.data(), std::min<int64_t>(entry.batch, static_cast<int64_t>(data.train.size())));
  machine.set(entry, "step", 1);
  machine.set(entry, "rate_scale", 1);
  const double seconds = seconds_a_step(machine, entry);
  if (report.json())
    report.event("{\"event\":\"bench\",\"schema\":1,\"step_seconds\":" + json_number(seconds) + "}\n");
  else
    report.say("step  " + std::to_string(seconds * 1e6) + " us  (batch " + std::to_string(entry.batch) + ")\n");
}

}  // namespace dnnc::runtime
