// A driver of OpenCL that lets calls of the real one fail or lie, to be loaded in place of libOpenCL.so.1. FAULT says what goes
// wrong, REAL where the real library is.
//   memory:N    the N-th buffer is not to be had
//   full:N      no buffer is to be had from the N-th on
//   build       kernels do not compile, and a log says why
//   told:FILE   kernels, but for the first, are compiled when FILE says that the program waits for them, or after a minute
//   lost:N      the device is gone from the N-th launch on
//   little:N    the device says that it has N bytes
//   wrong       what is read has an error in its first number
//   counts      nothing, alone or behind another word; in the end a line says how often the program launched, wrote, read
//               and waited, how many programs it had compiled, the most that it launched between two waits, and how many buffers
//               it was asked for, the last of how many bytes
//   slow:N      a launch takes N ms, when the program waits for it
#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

namespace {

const char* fault() {
  const char* const text = std::getenv("FAULT");
  return text ? text : "";
}
bool goes_wrong(const char* what) { return std::strncmp(fault(), what, std::strlen(what)) == 0; }
long number_behind(const char* what) { return std::atol(fault() + std::strlen(what)); }

template <class Function>
Function real(const char* name) {
  static void* const library = dlopen(std::getenv("REAL"), RTLD_NOW | RTLD_LOCAL);
  return reinterpret_cast<Function>(dlsym(library, name));
}

constexpr int32_t no_memory = -4, no_resources = -5, not_built = -11;
long buffers = 0, last = 0, launches = 0, writes = 0, reads = 0, waits = 0, programs = 0, ahead = 0, most_ahead = 0;
bool lost() { return goes_wrong("lost:") && launches >= number_behind("lost:"); }

void wait_until_told(const char* path) {
  constexpr int most_looks = 6000;
  std::string told;
  for (int looks = 0; looks < most_looks && told.find("has been compiling") == told.npos; ++looks) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    std::ifstream file(path);
    told.assign(std::istreambuf_iterator<char>(file), {});
  }
}

struct Counts {
  ~Counts() {
    if (std::strstr(fault(), "counts"))
      std::fprintf(stderr, "launches %ld writes %ld reads %ld waits %ld programs %ld ahead %ld buffers %ld last %ld\n",
                   launches, writes, reads, waits, programs, most_ahead, buffers, last);
  }
} counts;

}  // namespace

extern "C" {

#define PASS(result, name, parameters, arguments)               \
  result name parameters {                                      \
    static const auto call = real<result(*) parameters>(#name); \
    return call arguments;                                      \
  }

PASS(int32_t, clGetPlatformIDs, (uint32_t a, void** b, uint32_t* c), (a, b, c))
PASS(int32_t, clGetPlatformInfo, (void* a, uint32_t b, size_t c, void* d, size_t* e), (a, b, c, d, e))
PASS(int32_t, clGetDeviceIDs, (void* a, uint64_t b, uint32_t c, void** d, uint32_t* e), (a, b, c, d, e))
PASS(void*, clCreateContext, (const intptr_t* a, uint32_t b, void** c, void* d, void* e, int32_t* f),
     (a, b, c, d, e, f))
PASS(void*, clCreateCommandQueue, (void* a, void* b, uint64_t c, int32_t* d), (a, b, c, d))
PASS(void*, clCreateSubBuffer, (void* a, uint64_t b, uint32_t c, const void* d, int32_t* e), (a, b, c, d, e))
PASS(int32_t, clReleaseMemObject, (void* a), (a))
PASS(int32_t, clEnqueueCopyBuffer,
     (void* a, void* b, void* c, size_t d, size_t e, size_t f, uint32_t g, void* h, void* i),
     (a, b, c, d, e, f, g, h, i))
PASS(void*, clCreateProgramWithSource, (void* a, uint32_t b, const char** c, const size_t* d, int32_t* e),
     (a, b, c, d, e))
PASS(void*, clCreateKernel, (void* a, const char* b, int32_t* c), (a, b, c))
PASS(int32_t, clSetKernelArg, (void* a, uint32_t b, size_t c, const void* d), (a, b, c, d))
PASS(int32_t, clEnqueueFillBuffer,
     (void* a, void* b, const void* c, size_t d, size_t e, size_t f, uint32_t g, void* h, void* i),
     (a, b, c, d, e, f, g, h, i))
PASS(int32_t, clFlush, (void* a), (a))

int32_t clGetDeviceInfo(void* device, uint32_t what, size_t bytes, void* value, size_t* length) {
  constexpr uint32_t memory_bytes = 0x101f, most_at_once = 0x1010;
  if (goes_wrong("little:") && (what == memory_bytes || what == most_at_once) && value) {
    const auto little = static_cast<uint64_t>(number_behind("little:"));
    std::memcpy(value, &little, sizeof little);
    return 0;
  }
  static const auto call = real<int32_t (*)(void*, uint32_t, size_t, void*, size_t*)>("clGetDeviceInfo");
  return call(device, what, bytes, value, length);
}

int32_t clEnqueueWriteBuffer(void* queue, void* memory, uint32_t waits_for, size_t offset, size_t bytes,
                             const void* from, uint32_t count, void* events, void* event) {
  ++writes;
  static const auto call =
      real<int32_t (*)(void*, void*, uint32_t, size_t, size_t, const void*, uint32_t, void*, void*)>(
          "clEnqueueWriteBuffer");
  return call(queue, memory, waits_for, offset, bytes, from, count, events, event);
}

void* clCreateBuffer(void* context, uint64_t flags, size_t bytes, void* host, int32_t* code) {
  ++buffers;
  last = static_cast<long>(bytes);
  if ((goes_wrong("memory:") && buffers == number_behind("memory:")) ||
      (goes_wrong("full:") && buffers >= number_behind("full:"))) {
    *code = no_memory;
    return nullptr;
  }
  static const auto call = real<void* (*)(void*, uint64_t, size_t, void*, int32_t*)>("clCreateBuffer");
  return call(context, flags, bytes, host, code);
}

int32_t clBuildProgram(void* program, uint32_t count, void** devices, const char* options, void* done, void* data) {
  ++programs;
  if (goes_wrong("build")) return not_built;
  if (programs > 1 && goes_wrong("told:")) wait_until_told(fault() + std::strlen("told:"));
  static const auto call = real<int32_t (*)(void*, uint32_t, void**, const char*, void*, void*)>("clBuildProgram");
  return call(program, count, devices, options, done, data);
}

int32_t clGetProgramBuildInfo(void* program, void* device, uint32_t what, size_t bytes, void* value, size_t* length) {
  constexpr char log[] = "line 7: the word `float` is not known here";
  if (goes_wrong("build")) {
    if (length) *length = sizeof log;
    if (value && bytes >= sizeof log) std::memcpy(value, log, sizeof log);
    return 0;
  }
  static const auto call = real<int32_t (*)(void*, void*, uint32_t, size_t, void*, size_t*)>("clGetProgramBuildInfo");
  return call(program, device, what, bytes, value, length);
}

int32_t clEnqueueNDRangeKernel(void* queue, void* kernel, uint32_t axes, const size_t* offset, const size_t* all,
                               const size_t* group, uint32_t count, void* events, void* event) {
  ++launches;
  most_ahead = std::max(most_ahead, ++ahead);
  if (lost()) return no_resources;
  static const auto call =
      real<int32_t (*)(void*, void*, uint32_t, const size_t*, const size_t*, const size_t*, uint32_t, void*, void*)>(
          "clEnqueueNDRangeKernel");
  return call(queue, kernel, axes, offset, all, group, count, events, event);
}

int32_t clEnqueueReadBuffer(void* queue, void* memory, uint32_t waits, size_t offset, size_t bytes, void* to,
                            uint32_t count, void* events, void* event) {
  ++reads;
  if (lost()) return no_resources;
  static const auto call =
      real<int32_t (*)(void*, void*, uint32_t, size_t, size_t, void*, uint32_t, void*, void*)>("clEnqueueReadBuffer");
  const int32_t code = call(queue, memory, goes_wrong("wrong") ? 1 : waits, offset, bytes, to, count, events, event);
  if (goes_wrong("wrong") && bytes >= sizeof(float)) {
    float first;
    std::memcpy(&first, to, sizeof first);
    first += 0.01f;
    std::memcpy(to, &first, sizeof first);
  }
  return code;
}

int32_t clFinish(void* queue) {
  ++waits;
  if (goes_wrong("slow:")) std::this_thread::sleep_for(std::chrono::milliseconds(number_behind("slow:") * ahead));
  ahead = 0;
  if (lost()) return no_resources;
  static const auto call = real<int32_t (*)(void*)>("clFinish");
  return call(queue);
}
}
