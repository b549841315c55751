#include "runtime/device/cuda_queue.h"

#include <algorithm>
#include <array>

#include "runtime/device/cuda_look.h"
#include "runtime/program/available_memory.h"

namespace dnnc::runtime::cuda {
namespace {

/// Of the memory in which what is fetched waits.
constexpr size_t fetched_most = size_t{1} << 20;

}  // namespace

CudaQueue::CudaQueue(int number)
    : DeviceQueue(kind_word, usable_device(kind_word, find_devices(expect_api()), number)), api_(expect_api()) {
  constexpr const char* opening = "the device cannot be opened";
  expect(api_.DevicePrimaryCtxRetain(&context_, device_of(device())), opening);
  try {
    enter();
    expect(api_.StreamCreate(&stream_, stream_non_blocking), opening);
    launches_ = std::make_unique<GraphedLaunches>(api_, stream_);
    make_flag();
    look_ = static_cast<Kernel>(looking(look_text));
  } catch (...) {
    close();
    throw;
  }
}

/// Of a device that is lost nothing can be given back: what the driver says of that is not looked at.
void CudaQueue::close() {
  api_.CtxSetCurrent(context_);
  launches_.reset();
  if (flag().device != 0) api_.MemFree(flag().device);
  for (const DevicePlace piece : scratch()) api_.MemFree(piece);
  for (char* const memory : {staging_, fetched_})
    if (memory) api_.MemFreeHost(memory);
  for (const Module module : modules_) api_.ModuleUnload(module);
  if (stream_) api_.StreamDestroy(stream_);
  api_.DevicePrimaryCtxRelease(device_of(device()));
}

void CudaQueue::expect(int32_t code, const char* doing) const {
  if (code != success) fail(doing, fault_text(api_, code));
}

void CudaQueue::enter() const { expect(api_.CtxSetCurrent(context_), "the device cannot be asked"); }

void CudaQueue::stop_launches() {
  enter();
  expect(launches_->stop(), "a kernel cannot be launched");
}

DevicePlace CudaQueue::take_memory(int64_t bytes, const std::string& whose) {
  enter();
  Place memory = 0;
  expect(api_.MemAlloc(&memory, static_cast<size_t>(bytes)),
         (whose + ": " + size_text(bytes) + " of its memory cannot be taken").c_str());
  return memory;
}

/// What is asked for is done before.
void CudaQueue::give_memory(DevicePlace memory) {
  api_.CtxSetCurrent(context_);
  launches_->stop();
  api_.StreamSynchronize(stream_);
  api_.MemFree(memory);
}

char* CudaQueue::take_host_memory(size_t bytes) const {
  enter();
  void* memory = nullptr;
  expect(api_.MemHostAlloc(&memory, bytes, 0), "memory from which it reads cannot be taken");
  return static_cast<char*>(memory);
}

char* CudaQueue::take_staging(size_t bytes) { return staging_ = take_host_memory(bytes); }

void CudaQueue::write(DevicePlace memory, int64_t offset, std::span<const char> bytes, bool waits) {
  constexpr const char* giving = "numbers cannot be given to it";
  stop_launches();
  expect(api_.MemcpyHtoDAsync(at(memory, offset), bytes.data(), bytes.size(), stream_), giving);
  if (waits) expect(api_.StreamSynchronize(stream_), giving);
}

void CudaQueue::get(DevicePlace memory, int64_t offset, std::span<char> bytes) {
  constexpr const char* reading = "numbers cannot be read from it";
  stop_launches();
  expect(api_.MemcpyDtoHAsync(bytes.data(), at(memory, offset), bytes.size(), stream_), reading);
  expect(api_.StreamSynchronize(stream_), reading);
}

void CudaQueue::get_later(DevicePlace memory, int64_t offset, std::span<char> bytes) {
  if (bytes.empty()) return;
  if (bytes.size() > fetched_most) return get(memory, offset, bytes);
  if (fetched_bytes_ + bytes.size() > fetched_most) wait();
  stop_launches();
  if (!fetched_) fetched_ = take_host_memory(fetched_most);
  expect(api_.MemcpyDtoHAsync(fetched_ + fetched_bytes_, at(memory, offset), bytes.size(), stream_),
         "numbers cannot be read from it");
  fetching_.push_back({bytes.data(), fetched_bytes_, bytes.size()});
  fetched_bytes_ += bytes.size();
}

void CudaQueue::finish() {
  stop_launches();
  expect(api_.StreamSynchronize(stream_), "what was asked of it is not done");
  for (const Fetched& one : fetching_) std::copy_n(fetched_ + one.offset, one.bytes, one.to);
  fetching_.clear();
  fetched_bytes_ = 0;
}

void CudaQueue::look(DevicePlace memory, DevicePlace stretches, int32_t count, int64_t longest) {
  const KernelArgument arguments[] = {{&memory, sizeof memory},
                                      {&stretches, sizeof stretches},
                                      {&count, sizeof count},
                                      {&flag().device, sizeof flag().device}};
  launch_kernel(look_, {{look_groups(longest), 1, 1}, {look_threads, 1, 1}}, 0, arguments);
}

void CudaQueue::set_flag(int32_t number) {
  stop_launches();
  expect(api_.MemsetD32Async(flag().device, static_cast<uint32_t>(number), 1, stream_), "its memory cannot be filled");
}

void CudaQueue::copy(DevicePlace memory, int64_t from, int64_t to, int64_t bytes) {
  stop_launches();
  expect(api_.MemcpyDtoDAsync(at(memory, to), at(memory, from), static_cast<size_t>(bytes), stream_),
         "its memory cannot be copied");
}

void* CudaQueue::load(const std::string& text) {
  enter();
  std::array<char, 4096> log{};
  JitOption options[] = {jit_error_log, jit_error_log_bytes};
  void* values[] = {log.data(), reinterpret_cast<void*>(log.size() - 1)};
  Module module = nullptr;
  // The text ends with a zero.
  const int32_t code = api_.ModuleLoadDataEx(&module, text.c_str(), std::size(options), options, values);
  if (code != success && log[0] != '\0')
    expect(code, ("its driver does not take a kernel: " + std::string(log.data())).c_str());
  expect(code, "its driver does not take a kernel");
  modules_.push_back(module);
  return module;
}

void* CudaQueue::kernel_of(void* loaded, const char* name) {
  Kernel kernel = nullptr;
  expect(api_.ModuleGetFunction(&kernel, static_cast<Module>(loaded), name), "a kernel cannot be loaded");
  return kernel;
}

void CudaQueue::launch_kernel(void* kernel, const Groups& groups, int64_t shared_bytes,
                              std::span<const KernelArgument> arguments) {
  enter();
  RecordedLaunch launch{static_cast<Kernel>(kernel), groups, shared_bytes, {}, {}};
  for (const KernelArgument& argument : arguments) {
    launch.sizes.push_back(static_cast<uint32_t>(argument.bytes));
    const auto* begin = static_cast<const char*>(argument.value);
    launch.bytes.insert(launch.bytes.end(), begin, begin + argument.bytes);
  }
  expect(launches_->launch(std::move(launch)), "a kernel cannot be launched");
}

}  // namespace dnnc::runtime::cuda
