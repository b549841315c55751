#pragma once
#include <cstddef>
#include <cstdint>

/// What is used of OpenCL 1.2, declared as the standard has it: its library is opened when it is first asked for, so that a
/// program starts without one.
namespace dnnc::runtime::opencl {

using Platform = struct PlatformObject*;
using Device = struct DeviceObject*;
using Context = struct ContextObject*;
using Queue = struct QueueObject*;
using Memory = struct MemoryObject*;
using Program = struct ProgramObject*;
using Kernel = struct KernelObject*;

/// Numbers of the standard.
enum : int32_t { success = 0, device_not_found = -1, platform_not_found = -1001 };
enum : uint32_t {
  platform_name = 0x0902,
  device_max_group = 0x1004,
  device_max_piece = 0x1010,
  device_alignment_bits = 0x1019,
  device_memory_bytes = 0x101f,
  device_available = 0x1027,
  device_compiles = 0x1028,
  device_name = 0x102b,
  device_driver_version = 0x102d,
  device_double = 0x1032,
  device_shares_memory = 0x1035,
  build_log = 0x1183,
  region = 0x1220,
};
constexpr uint64_t any_device = 0xffffffff, read_and_write = 1;

struct Region {
  size_t origin, bytes;
};

/// A row: the function without "cl", what it takes.
#define DNNC_OPENCL_FUNCTIONS(F)                                                                                   \
  F(int32_t, GetPlatformIDs, uint32_t, Platform*, uint32_t*)                                                       \
  F(int32_t, GetPlatformInfo, Platform, uint32_t, size_t, void*, size_t*)                                          \
  F(int32_t, GetDeviceIDs, Platform, uint64_t, uint32_t, Device*, uint32_t*)                                       \
  F(int32_t, GetDeviceInfo, Device, uint32_t, size_t, void*, size_t*)                                              \
  F(Context, CreateContext, const intptr_t*, uint32_t, const Device*, void*, void*, int32_t*)                      \
  F(Queue, CreateCommandQueue, Context, Device, uint64_t, int32_t*)                                                \
  F(Memory, CreateBuffer, Context, uint64_t, size_t, void*, int32_t*)                                              \
  F(Memory, CreateSubBuffer, Memory, uint64_t, uint32_t, const void*, int32_t*)                                    \
  F(int32_t, ReleaseMemObject, Memory)                                                                             \
  F(int32_t, EnqueueWriteBuffer, Queue, Memory, uint32_t, size_t, size_t, const void*, uint32_t, void*, void*)     \
  F(int32_t, EnqueueReadBuffer, Queue, Memory, uint32_t, size_t, size_t, void*, uint32_t, void*, void*)            \
  F(int32_t, EnqueueCopyBuffer, Queue, Memory, Memory, size_t, size_t, size_t, uint32_t, void*, void*)             \
  F(Program, CreateProgramWithSource, Context, uint32_t, const char**, const size_t*, int32_t*)                    \
  F(int32_t, BuildProgram, Program, uint32_t, const Device*, const char*, void*, void*)                            \
  F(int32_t, GetProgramBuildInfo, Program, Device, uint32_t, size_t, void*, size_t*)                               \
  F(Kernel, CreateKernel, Program, const char*, int32_t*)                                                          \
  F(int32_t, SetKernelArg, Kernel, uint32_t, size_t, const void*)                                                  \
  F(int32_t, EnqueueNDRangeKernel, Queue, Kernel, uint32_t, const size_t*, const size_t*, const size_t*, uint32_t, \
    void*, void*)                                                                                                  \
  F(int32_t, EnqueueFillBuffer, Queue, Memory, const void*, size_t, size_t, size_t, uint32_t, void*, void*)        \
  F(int32_t, Flush, Queue)                                                                                         \
  F(int32_t, Finish, Queue)

/// The functions, by the names of the standard without "cl".
struct Api {
#define DNNC_OPENCL_FIELD(result, name, ...) result (*name)(__VA_ARGS__) = nullptr;
  DNNC_OPENCL_FUNCTIONS(DNNC_OPENCL_FIELD)
#undef DNNC_OPENCL_FIELD
};

/// Those of this machine, or null where it has no library of OpenCL. Throws Failure where that has not all of them.
const Api* find_api();

/// "CL_OUT_OF_RESOURCES", or the number where it has no name here.
const char* name_of_fault(int32_t code);

}  // namespace dnnc::runtime::opencl
