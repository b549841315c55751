#pragma once
#include <span>
#include <vector>

#include "runtime/program/program.h"
#include "runtime/run/choose_device.h"

namespace dnnc::runtime {

/// All kinds of devices that there are: of dnnc, as a trainer holds those alone that it was made for.
std::vector<DeviceCandidate> all_devices();

}  // namespace dnnc::runtime
