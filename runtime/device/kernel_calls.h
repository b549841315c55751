#pragma once
#include <exception>

#include "runtime/device/device_queue.h"
#include "runtime/program/device.h"
#include "runtime/program/halide_runtime.h"

/// What kernels of every kind of device call. As in halide_runtime.cpp, nothing of Halide's own runtime is linked.
namespace dnnc::runtime {

/// Through the code of kernels nothing may be thrown: it becomes a number and a text.
template <class Work>
int told_to_kernel(Work work) {
  try {
    work();
    return 0;
  } catch (const std::exception& fault) {
    halide_error(nullptr, fault.what());
    return kernel_device_fault;
  }
}

/// Called before each call of a kernel, with a place where the code keeps what is made of its text.
int initialize_device_kernels(void** state, const char* text, int bytes);

/// `sizes` end with a 0; what is a buffer is given by its place.
int run_device_kernel(const dnnc_device& device, void* state, const char* name, const Groups& groups,
                      int64_t shared_bytes, const size_t* sizes, void** values, const int8_t* are_buffers);

}  // namespace dnnc::runtime

// The five functions of a kind that Halide's code calls by names of their own: its api, and the word of the kind, for which
// there is a constant.
#define DNNC_DEVICE_KERNEL_CALLS(api, word)                                                                            \
  const void* halide_##api##_device_interface() { return &dnnc_device_##word; }                                        \
  int halide_##api##_initialize_kernels(void*, void** state, const char* text, int bytes) {                            \
    return initialize_device_kernels(state, text, bytes);                                                              \
  }                                                                                                                    \
  void halide_##api##_finalize_kernels(void*, void*) {}                                                                \
  int halide_##api##_run(void*, void* state, const char* name, int blocks_x, int blocks_y, int blocks_z,               \
                         int threads_x, int threads_y, int threads_z, int shared_bytes, const size_t* sizes,           \
                         void** values, const int8_t* are_buffers) {                                                   \
    return run_device_kernel(dnnc_device_##word, state, name,                                                          \
                             {{blocks_x, blocks_y, blocks_z}, {threads_x, threads_y, threads_z}}, shared_bytes, sizes, \
                             values, are_buffers);                                                                     \
  }
