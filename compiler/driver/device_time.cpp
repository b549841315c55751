#include "compiler/driver/device_time.h"

#include <algorithm>

#include "compiler/driver/code_generator.h"
#include "compiler/target/gpu_target.h"

namespace dnnc {
namespace {

constexpr double seconds_of_launch = 1e-9 * nanoseconds_of_launch, share_of_peak = 0.85;

/// A look at the gradients is a launch of its own unless a kernel does it.
bool looks_apart(const Entry& entry) { return !entry.guards.empty() && !entry.looks; }

/// Calls `visit` with each call of a step, what it asks of the device, its bytes, and how often it is made.
template <class Visit>
void for_each_use(const Plan& plan, const Entry& entry, const Backend& backend, Visit visit) {
  runtime::for_each_call(entry.step, [&](size_t number, const runtime::Nest& nest) {
    const KernelCall& call = entry.calls[number];
    const Kernel& kernel = plan.kernels[call.kernel];
    double bytes = 0;
    for (size_t argument = 0; argument < call.buffers.size(); ++argument) {
      const std::optional<runtime::Window> window = call.window(argument);
      bytes += static_cast<double>(window ? window->bytes : plan.buffers[call.buffers[argument]].bytes);
    }
    visit(code_generator().kernel_use(kernel, backend), bytes, runtime::trips_of(nest.loops));
  });
}

}  // namespace

StepUse use_of(const Plan& plan, const Entry& entry, const Backend& backend) {
  StepUse step;
  step.launches = looks_apart(entry) ? 1 : 0;
  for_each_use(plan, entry, backend, [&](const DeviceUse& launches, double bytes, int64_t times) {
    step.bytes += static_cast<double>(times) * bytes;
    for (const LaunchUse& launch : launches) {
      step.launches += times;
      step.threads = std::max(step.threads, launch.threads);
      step.words = std::max(step.words, launch.words);
      step.operations += static_cast<double>(times) * launch.operations;
    }
  });
  return step;
}

double predicted_seconds(const Plan& plan, const Entry& entry, const Backend& backend, const DeviceModel& model) {
  double seconds = looks_apart(entry) ? seconds_of_launch : 0;
  for_each_use(plan, entry, backend, [&](const DeviceUse& launches, double bytes, int64_t times) {
    double computing = 0;
    for (const LaunchUse& launch : launches)
      computing += std::max(launch.operations / model.lanes, launch.longest) / model.hertz;
    const double working = std::max(computing, bytes / model.bytes_per_second) / share_of_peak;
    seconds += static_cast<double>(times) * (static_cast<double>(launches.size()) * seconds_of_launch + working);
  });
  return seconds;
}

}  // namespace dnnc
