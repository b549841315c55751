#pragma once
#include <memory>
#include <string>
#include <vector>

#include "runtime/device/device_queue.h"
#include "runtime/program/device.h"

namespace dnnc::runtime {

/// Memory of the device in which an arena lies: what `take` and `list` of a dnnc_device do, of `word` devices.
std::unique_ptr<DeviceMemory> take_arena(const char* word, DeviceQueue& queue, int64_t bytes,
                                         const MemoryLayout& layout, const std::string& whose);
std::vector<ListedDevice> listed(const std::vector<FoundDevice>& devices);

}  // namespace dnnc::runtime
