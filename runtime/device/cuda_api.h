#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

/// What is used of CUDA's driver, declared as its manual has it: its library is opened when it is first asked for, so that a
/// program starts without one.
namespace dnnc::runtime::cuda {

using Device = int32_t;
using Context = struct ContextObject*;
using Stream = struct StreamObject*;
using Module = struct ModuleObject*;
using Kernel = struct KernelObject*;
using Graph = struct GraphObject*;
using GraphExec = struct GraphExecObject*;
using Place = uint64_t;

/// Numbers of the manual.
enum : int32_t { success = 0, out_of_memory = 2, no_device = 100 };
enum Attribute : int32_t {
  most_threads = 1,
  compute_mode = 20,
  version_major = 75,
  version_minor = 76,
};
constexpr int32_t mode_prohibited = 2;
enum JitOption : int32_t { jit_error_log = 5, jit_error_log_bytes = 6 };
constexpr uint32_t stream_non_blocking = 1;
constexpr int32_t capture_of_thread = 1;
/// Of devices that take the code that is made, 10 * major + minor: programs hold PTX for it, and drivers make code for later ones
/// of that.
inline constexpr int32_t least_capability = 80;
/// The first whose drivers have all functions below.
constexpr int32_t least_driver = 11040;

/// A row: the function without "cu", what its symbol has behind that, what it takes. Each gives a number, 0 for success.
#define DNNC_CUDA_FUNCTIONS(F)                                                                                    \
  F(Init, , uint32_t)                                                                                             \
  F(DriverGetVersion, , int32_t*)                                                                                 \
  F(GetErrorName, , int32_t, const char**)                                                                        \
  F(DeviceGetCount, , int32_t*)                                                                                   \
  F(DeviceGet, , Device*, int32_t)                                                                                \
  F(DeviceGetName, , char*, int32_t, Device)                                                                      \
  F(DeviceGetAttribute, , int32_t*, Attribute, Device)                                                            \
  F(DeviceTotalMem, _v2, size_t*, Device)                                                                         \
  F(DevicePrimaryCtxRetain, , Context*, Device)                                                                   \
  F(DevicePrimaryCtxRelease, _v2, Device)                                                                         \
  F(CtxSetCurrent, , Context)                                                                                     \
  F(StreamCreate, , Stream*, uint32_t)                                                                            \
  F(StreamDestroy, _v2, Stream)                                                                                   \
  F(StreamSynchronize, , Stream)                                                                                  \
  F(MemAlloc, _v2, Place*, size_t)                                                                                \
  F(MemFree, _v2, Place)                                                                                          \
  F(MemHostAlloc, , void**, size_t, uint32_t)                                                                     \
  F(MemFreeHost, , void*)                                                                                         \
  F(MemcpyHtoDAsync, _v2, Place, const void*, size_t, Stream)                                                     \
  F(MemcpyDtoHAsync, _v2, void*, Place, size_t, Stream)                                                           \
  F(MemcpyDtoDAsync, _v2, Place, Place, size_t, Stream)                                                           \
  F(MemsetD32Async, , Place, uint32_t, size_t, Stream)                                                            \
  F(ModuleLoadDataEx, , Module*, const void*, uint32_t, JitOption*, void**)                                       \
  F(ModuleUnload, , Module)                                                                                       \
  F(ModuleGetFunction, , Kernel*, Module, const char*)                                                            \
  F(LaunchKernel, , Kernel, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, Stream, void**, \
    void**)                                                                                                       \
  F(StreamBeginCapture, _v2, Stream, int32_t)                                                                     \
  F(StreamEndCapture, , Stream, Graph*)                                                                           \
  F(GraphInstantiateWithFlags, , GraphExec*, Graph, uint64_t)                                                     \
  F(GraphLaunch, , GraphExec, Stream)                                                                             \
  F(GraphExecDestroy, , GraphExec)                                                                                \
  F(GraphDestroy, , Graph)

/// The functions, by their names without "cu".
struct Api {
#define DNNC_CUDA_FIELD(name, version, ...) int32_t (*name)(__VA_ARGS__) = nullptr;
  DNNC_CUDA_FUNCTIONS(DNNC_CUDA_FIELD)
#undef DNNC_CUDA_FIELD
};

/// Those of this machine, or null where it has no library of the driver. Throws Failure where that has not all of them.
const Api* find_api();

/// "CUDA_ERROR_OUT_OF_MEMORY (2)"
std::string fault_text(const Api& api, int32_t code);

}  // namespace dnnc::runtime::cuda
