#pragma once
#include "compiler/halide/backend.h"
#include "compiler/kernels/kernel.h"
#include "compiler/target/device_model.h"

namespace dnnc {

/// What a step asks of a device.
struct StepUse {
  int64_t launches = 0;
  int64_t threads = 0;    ///< of a group, the most of any launch
  int64_t words = 0;      ///< that a thread keeps, likewise
  double operations = 0;  ///< of all threads: thread_operations
  double bytes = 0;       ///< of all buffers that kernels are given, each as often as it is
};

/// Of a step of the entry, whose kernels the backend, that of a device, computes.
StepUse use_of(const Plan& plan, const Entry& entry, const Backend& backend);

/// Seconds that a step takes on such a device, were nothing waited for: a launch costs nanoseconds_of_launch beside its work, for
/// which it has 85 % of what its maker says: operations shared by all lanes, but one thread's one after the other; and each buffer
/// comes from memory, or goes there, once a call. (Roofline: Williams, Waterman, Patterson 2009.)
double predicted_seconds(const Plan& plan, const Entry& entry, const Backend& backend, const DeviceModel& model);

}  // namespace dnnc
