#include "runtime/device/kernel_calls.h"

#include <array>
#include <stdexcept>

namespace dnnc::runtime {

int initialize_device_kernels(void** state, const char* text, int bytes) {
  return told_to_kernel([&] {
    // Who looks for kernels goes by it until the program ends.
    if (!*state) *state = new DeviceModule{std::string(text, text + bytes)};
  });
}

int run_device_kernel(const dnnc_device& device, void* state, const char* name, const Groups& groups,
                      int64_t shared_bytes, const size_t* sizes, void** values, const int8_t* are_buffers) {
  return told_to_kernel([&] {
    constexpr size_t most = 120;  // OpenCL takes 1024 bytes of arguments
    std::array<KernelArgument, most> arguments;
    size_t count = 0;
    for (; sizes[count] != 0; ++count) {
      if (count == most) throw std::length_error("a kernel takes too many arguments");
      arguments[count] = are_buffers[count] ? KernelArgument{&static_cast<const KernelBuffer*>(values[count])->device,
                                                             sizeof(DevicePlace)}
                                            : KernelArgument{values[count], sizes[count]};
    }
    device.queue().launch(*static_cast<DeviceModule*>(state), name, groups, shared_bytes,
                          std::span(arguments).first(count));
  });
}

}  // namespace dnnc::runtime

using namespace dnnc::runtime;

extern "C" {

void dnnc_device_piece(KernelBuffer* buffer, int64_t offset, int64_t bytes) {
  auto* memory = static_cast<DeviceMemory*>(const_cast<void*>(buffer->device_interface));
  if (told_to_kernel([&] { memory->move(*buffer, offset, bytes); }) != 0) buffer->device = 0;
}
void dnnc_device_store(const KernelBuffer* buffer, int32_t number) {
  auto* memory = static_cast<DeviceMemory*>(const_cast<void*>(buffer->device_interface));
  told_to_kernel([&] { memory->store(*buffer, number); });
}

KernelBuffer* dnnc_device_flag(const dnnc_device* device) {
  static KernelBuffer none = {};
  KernelBuffer* flag = &none;
  told_to_kernel([&] { flag = &device->queue().flag(); });
  return flag;
}

/// Memory for what a kernel computes on its way; asked for again before each loop that uses it. The buffer keeps whose it is.
int halide_device_malloc(void*, KernelBuffer* buffer, const void* device) {
  return told_to_kernel([&] {
    if (buffer->device != 0) return;
    DeviceQueue& queue = static_cast<const dnnc_device*>(device)->queue();
    buffer->device = queue.take_scratch(bytes_of(*buffer));
    buffer->device_interface = &queue;
  });
}
int halide_device_free(void*, KernelBuffer* buffer) {
  if (buffer->device != 0)
    static_cast<DeviceQueue*>(const_cast<void*>(buffer->device_interface))->give_scratch(buffer->device);
  buffer->device = 0;
  return 0;
}
void halide_device_free_as_destructor(void* context, void* buffer) {
  halide_device_free(context, static_cast<KernelBuffer*>(buffer));
}

/// All that kernels read is on the device.
int halide_copy_to_device(void*, KernelBuffer* buffer, const void*) {
  return told_to_kernel([&] {
    if (buffer->device == 0) throw std::logic_error("a kernel reads what is not on the device");
  });
}
}
