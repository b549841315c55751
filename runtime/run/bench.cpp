#include "runtime/run/bench.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <vector>

#include "runtime/program/peak.h"
#include "runtime/program/threads.h"
#include "runtime/run/bench_table.h"
#include "runtime/run/trainer.h"

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

/// Seconds for which processors have worked for this program.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

constexpr double seconds_of_a_slice = 0.05;
constexpr int sample_slices = 20;
constexpr double seconds_of_kernels = 1.0;
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

/// Seconds between two looks at the clock with nothing between them.
double seconds_of_the_clock() {
  std::vector<double> times;
  for (int look = 0; look < 1000; ++look) {
    const Clock::time_point begin = Clock::now();
    times.push_back(seconds_between(begin, Clock::now()));
  }
  return median(times);
}

/// The training of a program as `run` does it, but that epochs end without validation. Past its last epoch it starts anew.
class Training {
 public:
  Training(Machine& machine, const DataSet& data)
      : report_(silent()), trainer_(machine, data, silent(), report_), start_(trainer_.state()) {}

  /// Seconds of so many steps.
  double seconds(int64_t steps, StepTimes* times) {
    const Clock::time_point begin = Clock::now();
    for (int64_t i = 0; i < steps; ++i) {
      if (trainer_.epochs_done() == start_.epochs) start_anew();
      trainer_.step_alone(times);
    }
    trainer_.settle();
    return seconds_between(begin, Clock::now());
  }
  void start_anew() { trainer_.restore(start_); }

 private:
  static RunOptions silent() {
    RunOptions options;
    options.quiet = true;
    return options;
  }
  Report report_;
  Trainer trainer_;
  TrainState start_;
};

/// Medians over slices of training, which go on from each other: a slice as it is, then one whose parts are timed.
StepSeconds seconds_of_a_step(Training& training) {
  int64_t steps = 1;
  while (training.seconds(steps, nullptr) < seconds_of_a_slice) steps *= 2;
  const auto a_step = [&](double seconds) { return std::max(0.0, seconds / static_cast<double>(steps)); };
  std::vector<double> whole, gather, kernels, guard;
  for (int slice = 0; slice < sample_slices; ++slice) {
    whole.push_back(a_step(training.seconds(steps, nullptr)));
    StepTimes times;
    training.seconds(steps, &times);
    gather.push_back(a_step(times.gather - times.clock));
    kernels.push_back(a_step(times.kernels - 2 * times.clock));
    guard.push_back(a_step(times.guard - times.clock));
  }
  StepSeconds result{median(whole), median(gather), median(kernels), median(guard)};
  result.whole = std::max(result.whole, result.gather + result.kernels + result.guard);
  return result;
}

/// The median of each call over steps, without the looks at the clock in its trips.
std::vector<double> without_the_clock(const EntryInfo& entry, std::vector<std::vector<double>>& times) {
  const double clock = seconds_of_the_clock();
  std::vector<double> medians(times.size());
  for_each_call(entry.step, [&](size_t number, const Nest& nest) {
    medians[number] = std::max(0.0, median(times[number]) - static_cast<double>(trips_of(nest.loops)) * clock);
  });
  return medians;
}

/// Seconds of each call within whole steps over batches of an epoch, so that it finds caches as in training: the median
/// over steps, of all trips together; and in which share of its trips it was made.
void measure_calls(Machine& machine, const DataSet& data, BenchFigures& figures) {
  const EntryInfo& entry = figures.entry;
  Feeder feeder(machine, entry, data);
  SettingPorts ports(machine, entry);
  const RunInfo& run = machine.manifest().run;
  Settings settings = settings_of(machine.manifest(), run.seed, run.epochs, data);
  settings.epoch = 1;
  std::vector<uint32_t> order = data.train;
  shuffle(order, run.seed, 1);
  const std::vector<char> start = machine.save();
  const size_t calls = entry.calls.size(), batch = std::min(static_cast<size_t>(entry.batch), order.size());
  std::vector<std::vector<double>> times(calls);
  std::vector<double> visits(calls);
  figures.call_shares.assign(calls, 0);
  const Clock::time_point begin = Clock::now();
  for (size_t steps = 0, row = 0;
       steps < most_steps && (steps < fewest_steps || seconds_between(begin, Clock::now()) < seconds_of_kernels);
       ++steps, row = row + 2 * batch <= order.size() ? row + batch : 0) {
    if (row == 0) machine.restore(start);
    settings.step = static_cast<int64_t>(row / batch) + 1;
    ports.set(settings);
    feeder.feed(order.data() + row, static_cast<int64_t>(batch));
    for (std::vector<double>& of_call : times) of_call.push_back(0);
    Clock::time_point before = Clock::now();
    for_each_trip(entry.step, [&](size_t number, const Nest& nest) {
      figures.call_shares[number] += machine.call(entry, number, nest.trips);
      ++visits[number];
      const Clock::time_point after = Clock::now();
      times[number].back() += seconds_between(before, after);
      before = after;
    });
  }
  machine.restore(start);
  for (size_t number = 0; number < calls; ++number) figures.call_shares[number] /= visits[number];
  figures.call_seconds = without_the_clock(entry, times);
}

}  // namespace

std::string bench(Machine& machine, const DataSet& data, Report& report) {
  const EntryInfo& entry = machine.entry(EntryKind::Train);
  Training training(machine, data);
  const int threads = thread_count(), lanes = machine.manifest().machine.lanes;

  BenchFigures figures{machine.manifest(), entry, machine.device_name().device};
  const bool on_threads = threads > 1 && figures.device.empty();
  figures.threads = on_threads ? threads : 1;
  figures.examples = static_cast<double>(data.train.size()) / static_cast<double>(steps_of_epoch(entry.batch, data));
  figures.peak = probe_peak(lanes);
  if (on_threads) {
    figures.step = seconds_of_a_step(training);
    training.start_anew();
    set_threads(1);
  }
  const Clock::time_point begin = Clock::now();
  const double worked = processor_seconds();
  figures.step_on_one = seconds_of_a_step(training);
  if (!on_threads) figures.step = figures.step_on_one;
  training.start_anew();
  measure_calls(machine, data, figures);
  figures.processor_share = (processor_seconds() - worked) / seconds_between(begin, Clock::now());
  figures.peak =
      figures.device.empty() ? std::max(figures.peak, probe_peak(lanes)) : NAN;  // nobody tells that of a device
  set_threads(threads);
  std::string event = bench_json(figures);
  if (report.json()) report.event(event);
  else report.say(bench_text(figures));
  return event;
}

}  // namespace dnnc::runtime
