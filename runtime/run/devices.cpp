#include "runtime/run/devices.h"

#define DNNC_DEVICE_KIND(name, word) extern "C" const dnnc_device dnnc_device_##word;
#include "runtime/program/device_kinds.def"
#undef DNNC_DEVICE_KIND

namespace dnnc::runtime {

std::vector<DeviceCandidate> all_devices() {
  std::vector<DeviceCandidate> devices;
#define DNNC_DEVICE_KIND(name, word) devices.push_back({&dnnc_device_##word});
#include "runtime/program/device_kinds.def"
#undef DNNC_DEVICE_KIND
  return devices;
}

}  // namespace dnnc::runtime
