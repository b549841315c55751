#include "runtime/device/cuda_api.h"

#include <dlfcn.h>

#include "runtime/program/failure.h"

namespace dnnc::runtime::cuda {
namespace {

template <class Function>
void find(void* handle, const char* name, Function& function) {
  void* const found = dlsym(handle, name);
  if (!found)
    throw Failure(exit_input_output,
                  std::string("cuda: the driver is too old, or libcuda.so.1 is not one: it has no ") + name);
  function = reinterpret_cast<Function>(found);
}

Api read_api(void* handle) {
  Api api;
#define DNNC_CUDA_FIND(name, version, ...) find(handle, "cu" #name #version, api.name);
  DNNC_CUDA_FUNCTIONS(DNNC_CUDA_FIND)
#undef DNNC_CUDA_FIND
  return api;
}

/// Drivers install the one, some systems link the other alone.
void* open_library() {
  for (const char* name : {"libcuda.so.1", "libcuda.so"})
    if (void* const handle = dlopen(name, RTLD_NOW | RTLD_LOCAL)) return handle;
  return nullptr;
}

}  // namespace

const Api* find_api() {
  static void* const handle = open_library();
  if (!handle) return nullptr;
  static const Api api = read_api(handle);
  return &api;
}

std::string fault_text(const Api& api, int32_t code) {
  const char* name = nullptr;
  if (api.GetErrorName(code, &name) != success || !name) name = "an unknown fault";
  return name + (" (" + std::to_string(code) + ")");
}

}  // namespace dnnc::runtime::cuda
