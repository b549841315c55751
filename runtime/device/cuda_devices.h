#pragma once
#include <vector>

#include "runtime/device/cuda_api.h"
#include "runtime/device/device_queue.h"

namespace dnnc::runtime::cuda {

inline constexpr const char* kind_word = "cuda";

/// All devices, in the order in which the driver offers them. Throws Failure where there is none, and says whether there is no
/// driver or one that fails.
std::vector<FoundDevice> find_devices(const Api& api);

/// The functions of the driver. Throws Failure where there is no library.
const Api& expect_api();

/// FoundDevice::handle, which is 0 for no device.
inline uint64_t handle_of(Device device) { return static_cast<uint64_t>(device) + 1; }
inline Device device_of(const FoundDevice& found) { return static_cast<Device>(found.handle - 1); }

}  // namespace dnnc::runtime::cuda
