#include "runtime/run/bench.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "runtime/program/peak.h"
#include "runtime/program/threads.h"
#include "runtime/run/bench_table.h"

namespace dnnc::runtime {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_between(Clock::time_point begin, Clock::time_point end) {
  return std::chrono::duration<double>(end - begin).count();
}

double median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

constexpr double seconds_of_samples = 1.0;
constexpr int sample_slices = 20;
// Steps whose kernels are timed one by one: at least, so that there is a median, and at most.
constexpr size_t fewest_steps = 5, most_steps = 20'000;

/// Floating-point operations a second: the best of some probes of 50 us.
double probe_peak(int lanes) {
  double best = 0;
  for (int probe = 0; probe < 40; ++probe) {
    const Clock::time_point begin = Clock::now();
    const double flops = multiply_and_add(lanes, 20'000);
    best = std::max(best, flops / seconds_between(begin, Clock::now()));
  }
  return best;
}

/// The training step with the state that it starts from. Thousands of steps on one batch lead where no training goes, so
/// every slice of measurement starts anew.
struct Step {
  Machine& machine;
  const EntryInfo& entry;
  std::vector<char> kept;
  void start_anew() { machine.restore_kept(kept); }
  void run() {
    machine.compute(entry);
    machine.update(entry);
  }
};

/// Seconds a step: the median over slices of one second of steps.
double seconds_a_step(Step& step) {
  std::vector<double> slices;
  int64_t steps = 1;
  while (slices.size() < sample_slices) {
    step.start_anew();
    step.run();
    const Clock::time_point begin = Clock::now();
    for (int64_t i = 0; i < steps; ++i) step.run();
    const double seconds = seconds_between(begin, Clock::now());
    if (seconds < seconds_of_samples / sample_slices && steps < (int64_t{1} << 30)) {
      steps *= 2;
      continue;
    }
    slices.push_back(seconds / static_cast<double>(steps));
  }
  return median(slices);
}

/// Seconds between two looks at the clock with nothing between them.
double seconds_of_the_clock() {
  std::vector<double> times;
  for (int look = 0; look < 1000; ++look) {
    const Clock::time_point begin = Clock::now();
    times.push_back(seconds_between(begin, Clock::now()));
  }
  return median(times);
}

/// Seconds of each call within whole steps, so that it finds caches as in training: the median over steps.
std::vector<double> seconds_of_calls(Step& step) {
  const size_t calls = step.entry.calls.size();
  std::vector<std::vector<double>> times(calls);
  const Clock::time_point begin = Clock::now();
  for (size_t steps = 0;
       steps < most_steps && (steps < fewest_steps || seconds_between(begin, Clock::now()) < seconds_of_samples);
       ++steps) {
    if (steps % 100 == 0) step.start_anew();
    Clock::time_point before = Clock::now();
    for (size_t number = 0; number < calls; ++number) {
      step.machine.call(step.entry, number);
      const Clock::time_point after = Clock::now();
      times[number].push_back(seconds_between(before, after));
      before = after;
    }
  }
  const double clock = seconds_of_the_clock();
  std::vector<double> medians;
  for (std::vector<double>& of_call : times) medians.push_back(std::max(0.0, median(of_call) - clock));
  return medians;
}

}  // namespace

void bench(Machine& machine, const DataSet& data, Report& report) {
  const EntryInfo& entry = machine.entry("train");
  Feeder feeder(machine, entry, data);
  feeder.feed(data.train.data(), std::min<int64_t>(entry.batch, static_cast<int64_t>(data.train.size())));
  Settings settings = settings_of(machine.manifest(), machine.manifest().run.seed, machine.manifest().run.epochs, data);
  settings.step = settings.epoch = 1;
  set_all(machine, entry, settings);
  Step step{machine, entry, machine.save_kept()};
  const int threads = thread_count(), lanes = machine.manifest().machine.lanes;

  BenchFigures figures{machine.manifest(), entry};
  figures.threads = threads;
  figures.peak = probe_peak(lanes);
  figures.step_seconds = seconds_a_step(step);
  set_threads(1);
  figures.step_seconds_on_one = threads == 1 ? figures.step_seconds : seconds_a_step(step);
  figures.call_seconds = seconds_of_calls(step);
  figures.peak = std::max(figures.peak, probe_peak(lanes));
  set_threads(threads);
  step.start_anew();
  if (report.json()) report.event(bench_json(figures));
  else report.say(bench_text(figures));
}

}  // namespace dnnc::runtime
