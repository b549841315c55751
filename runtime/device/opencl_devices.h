#pragma once
#include <vector>

#include "runtime/device/device_queue.h"
#include "runtime/device/opencl_api.h"

namespace dnnc::runtime::opencl {

inline constexpr const char* kind_word = "opencl";

/// All devices of all drivers, in the order in which they offer them. Throws Failure where there are none, and says whether there
/// is no driver or one that fails.
std::vector<FoundDevice> find_devices(const Api& api);
/// What there is to be said where the driver of the device ends the program.
std::string words_of_end(const FoundDevice& device);

/// The functions of OpenCL. Throws Failure where there is no library.
const Api& expect_api();

}  // namespace dnnc::runtime::opencl
