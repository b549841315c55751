#include "runtime/device/opencl_api.h"

#include <dlfcn.h>

#include "runtime/program/failure.h"

namespace dnnc::runtime::opencl {
namespace {

constexpr const char* library = "libOpenCL.so.1";

template <class Function>
void find(void* handle, const char* name, Function& function) {
  void* const found = dlsym(handle, name);
  if (!found)
    throw Failure(exit_input_output,
                  std::string("opencl: ") + library + " is not one of OpenCL 1.2: it has no " + name);
  function = reinterpret_cast<Function>(found);
}

Api read_api(void* handle) {
  Api api;
#define DNNC_OPENCL_FIND(result, name, ...) find(handle, "cl" #name, api.name);
  DNNC_OPENCL_FUNCTIONS(DNNC_OPENCL_FIND)
#undef DNNC_OPENCL_FIND
  return api;
}

struct FaultName {
  int32_t code;
  const char* name;
};
constexpr FaultName fault_names[] = {
    {-1, "CL_DEVICE_NOT_FOUND"},
    {-2, "CL_DEVICE_NOT_AVAILABLE"},
    {-3, "CL_COMPILER_NOT_AVAILABLE"},
    {-4, "CL_MEM_OBJECT_ALLOCATION_FAILURE"},
    {-5, "CL_OUT_OF_RESOURCES"},
    {-6, "CL_OUT_OF_HOST_MEMORY"},
    {-11, "CL_BUILD_PROGRAM_FAILURE"},
    {-13, "CL_MISALIGNED_SUB_BUFFER_OFFSET"},
    {-30, "CL_INVALID_VALUE"},
    {-33, "CL_INVALID_DEVICE"},
    {-34, "CL_INVALID_CONTEXT"},
    {-38, "CL_INVALID_MEM_OBJECT"},
    {-46, "CL_INVALID_KERNEL_NAME"},
    {-48, "CL_INVALID_KERNEL"},
    {-49, "CL_INVALID_ARG_INDEX"},
    {-51, "CL_INVALID_ARG_SIZE"},
    {-52, "CL_INVALID_KERNEL_ARGS"},
    {-54, "CL_INVALID_WORK_GROUP_SIZE"},
    {-55, "CL_INVALID_WORK_ITEM_SIZE"},
    {-61, "CL_INVALID_BUFFER_SIZE"},
    {platform_not_found, "CL_PLATFORM_NOT_FOUND_KHR"},
};

}  // namespace

const Api* find_api() {
  static void* const handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) return nullptr;
  static const Api api = read_api(handle);
  return &api;
}

const char* name_of_fault(int32_t code) {
  for (const FaultName& row : fault_names)
    if (row.code == code) return row.name;
  return "an unknown fault";
}

}  // namespace dnnc::runtime::opencl
