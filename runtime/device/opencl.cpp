#include "runtime/device/arena.h"
#include "runtime/device/kernel_calls.h"
#include "runtime/device/opencl_queue.h"

// Devices of OpenCL, as programs and their kernels call them.
namespace dnnc::runtime::opencl {
namespace {

using Chosen = ChosenQueue<OpenClQueue>;

std::unique_ptr<DeviceMemory> take(int64_t bytes, const MemoryLayout& layout, const std::string& whose) {
  return take_arena(kind_word, Chosen::chosen(), bytes, layout, whose);
}
std::vector<ListedDevice> list() { return listed(find_devices(expect_api())); }

}  // namespace
}  // namespace dnnc::runtime::opencl

using namespace dnnc::runtime;

extern "C" {

extern const dnnc_device dnnc_device_opencl;
const dnnc_device dnnc_device_opencl = {opencl::kind_word, opencl::list, opencl::Chosen::choose, opencl::take,
                                        opencl::Chosen::chosen};

DNNC_DEVICE_KERNEL_CALLS(opencl, opencl)
}
