#include "runtime/device/arena.h"
#include "runtime/device/cuda_queue.h"
#include "runtime/device/kernel_calls.h"

// Devices of CUDA, as programs and their kernels call them.
namespace dnnc::runtime::cuda {
namespace {

using Chosen = ChosenQueue<CudaQueue>;

std::unique_ptr<DeviceMemory> take(int64_t bytes, const MemoryLayout& layout, const std::string& whose) {
  return take_arena(kind_word, Chosen::chosen(), bytes, layout, whose);
}
std::vector<ListedDevice> list() { return listed(find_devices(expect_api())); }

}  // namespace
}  // namespace dnnc::runtime::cuda

using namespace dnnc::runtime;

extern "C" {

extern const dnnc_device dnnc_device_cuda;
const dnnc_device dnnc_device_cuda = {cuda::kind_word, cuda::list, cuda::Chosen::choose, cuda::take,
                                      cuda::Chosen::chosen};

DNNC_DEVICE_KERNEL_CALLS(cuda, cuda)
}
