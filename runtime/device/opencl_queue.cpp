#include "runtime/device/opencl_queue.h"

#include <algorithm>

#include "runtime/device/driver_end.h"
#include "runtime/program/available_memory.h"

namespace dnnc::runtime::opencl {
namespace {

/// Every thread looks at some of the numbers. The largest count wins, so the order in which threads come does not matter. Once
/// something was found nothing changes: it is found again.
constexpr const char* look_source =
    "__kernel void look(__global const uint* memory, __global const ulong* stretches, int count, __global int* found) "
    "{\n"
    " for (int k = 0; k < count; ++k) {\n"
    "  __global const uint* at = memory + stretches[2 * k];\n"
    "  const ulong numbers = stretches[2 * k + 1];\n"
    "  for (ulong i = get_global_id(0); i < numbers; i += get_global_size(0))\n"
    "   if ((at[i] & 0x7fffffffu) >= 0x7f800000u) { atomic_max(found, count - k); break; }\n"
    " }\n"
    "}\n";

/// Of less it is not asked whether it is there.
constexpr int64_t piece_looked_at = int64_t{1} << 20;

Device device_of(const FoundDevice& device) { return reinterpret_cast<Device>(device.handle); }
Memory memory_of(DevicePlace memory) { return reinterpret_cast<Memory>(memory); }

}  // namespace

OpenClQueue::OpenClQueue(int number)
    : DeviceQueue(kind_word, usable_device(kind_word, find_devices(expect_api()), number)), api_(expect_api()) {
  expect_driver_to_end(words_of_end(device()));
  const Device opened = device_of(device());
  int32_t code = success;
  context_ = api_.CreateContext(nullptr, 1, &opened, nullptr, nullptr, &code);
  expect(code, "the device cannot be opened");
  queue_ = api_.CreateCommandQueue(context_, opened, 0, &code);
  expect(code, "the device cannot be opened");
  make_flag();
  look_ = static_cast<Kernel>(looking(look_source));
}

void OpenClQueue::expect(int32_t code, const char* doing) const {
  if (code != success) fail(doing, std::string(name_of_fault(code)) + " (" + std::to_string(code) + ")");
}

DevicePlace OpenClQueue::take_memory(int64_t bytes, const std::string& whose) {
  int32_t code = success;
  const Memory memory = api_.CreateBuffer(context_, read_and_write, static_cast<size_t>(bytes), nullptr, &code);
  expect(code, (whose + ": " + size_text(bytes) + " of its memory cannot be taken").c_str());
  if (device().shares_memory && bytes >= piece_looked_at) {
    // Some drivers take memory when it is used first, and end the program where there is none.
    expect_memory(bytes, whose);
    const int32_t none = 0;
    expect(api_.EnqueueFillBuffer(queue_, memory, &none, sizeof none, 0, sizeof none, 0, nullptr, nullptr),
           "its memory cannot be filled");
    finish();
  }
  return reinterpret_cast<DevicePlace>(memory);
}

DevicePlace OpenClQueue::part_of(DevicePlace memory, int64_t offset, int64_t bytes) {
  const Region part{static_cast<size_t>(offset), static_cast<size_t>(bytes)};
  int32_t code = success;
  const Memory piece = api_.CreateSubBuffer(memory_of(memory), read_and_write, region, &part, &code);
  expect(code, "a buffer cannot begin there");
  return reinterpret_cast<DevicePlace>(piece);
}

char* OpenClQueue::take_staging(size_t bytes) { return new char[bytes]; }

void OpenClQueue::write(DevicePlace memory, int64_t offset, std::span<const char> bytes, bool waits) {
  expect(api_.EnqueueWriteBuffer(queue_, memory_of(memory), waits, static_cast<size_t>(offset), bytes.size(),
                                 bytes.data(), 0, nullptr, nullptr),
         "numbers cannot be given to it");
}

void OpenClQueue::get(DevicePlace memory, int64_t offset, std::span<char> bytes) {
  expect(api_.EnqueueReadBuffer(queue_, memory_of(memory), 1, static_cast<size_t>(offset), bytes.size(), bytes.data(),
                                0, nullptr, nullptr),
         "numbers cannot be read from it");
}

void OpenClQueue::get_later(DevicePlace memory, int64_t offset, std::span<char> bytes) {
  expect(api_.EnqueueReadBuffer(queue_, memory_of(memory), 0, static_cast<size_t>(offset), bytes.size(), bytes.data(),
                                0, nullptr, nullptr),
         "numbers cannot be read from it");
}

void OpenClQueue::finish() {
  const DriverAtWork at_work;
  expect(api_.Finish(queue_), "what was asked of it is not done");
}

void OpenClQueue::set_argument(Kernel kernel, uint32_t number, size_t bytes, const void* value) const {
  expect(api_.SetKernelArg(kernel, number, bytes, value), "a kernel does not take what it is given");
}

void OpenClQueue::look(DevicePlace memory, DevicePlace stretches, int32_t count, int64_t longest) {
  set_argument(look_, 0, sizeof memory, &memory);
  set_argument(look_, 1, sizeof stretches, &stretches);
  set_argument(look_, 2, sizeof count, &count);
  set_argument(look_, 3, sizeof flag().device, &flag().device);
  const size_t group = look_threads, all = static_cast<size_t>(look_groups(longest)) * group;
  expect(api_.EnqueueNDRangeKernel(queue_, look_, 1, nullptr, &all, &group, 0, nullptr, nullptr),
         "a kernel cannot be launched");
  expect(api_.Flush(queue_), "a kernel cannot be launched");
}

void OpenClQueue::set_flag(int32_t number) {
  expect(api_.EnqueueFillBuffer(queue_, memory_of(flag().device), &number, sizeof number, 0, sizeof number, 0, nullptr,
                                nullptr),
         "its memory cannot be filled");
}

void OpenClQueue::copy(DevicePlace memory, int64_t from, int64_t to, int64_t bytes) {
  expect(api_.EnqueueCopyBuffer(queue_, memory_of(memory), memory_of(memory), static_cast<size_t>(from),
                                static_cast<size_t>(to), static_cast<size_t>(bytes), 0, nullptr, nullptr),
         "its memory cannot be copied");
}

/// Null if the driver does not compile it: then `code` and `fault` are what it says of that.
Program OpenClQueue::build(const std::string& text, int32_t& code, std::string& fault) const {
  const char* source = text.data();
  const size_t bytes = text.size();
  const Program program = api_.CreateProgramWithSource(context_, 1, &source, &bytes, &code);
  expect(code, "a kernel cannot be compiled");
  const Device compiling = device_of(device());
  const DriverAtWork at_work;
  code = api_.BuildProgram(program, 1, &compiling, "", nullptr, nullptr);
  if (code == success) return program;
  size_t length = 0;
  api_.GetProgramBuildInfo(program, compiling, build_log, 0, nullptr, &length);
  std::string log(length, '\0');
  api_.GetProgramBuildInfo(program, compiling, build_log, length, log.data(), nullptr);
  fault = log.substr(0, log.find('\0'));
  fault.erase(fault.find_last_not_of(" \n\r") + 1);
  return nullptr;
}

void* OpenClQueue::load(const std::string& text) {
  std::string fault;
  int32_t code = success;
  const Program program = build(text, code, fault);
  if (!program) expect(code, ("its driver does not compile a kernel: " + fault).c_str());
  return program;
}

/// What every source begins with stands once. A driver reads it, and what it knows itself, for each program anew, which takes
/// PoCL longer than most kernels.
std::vector<void*> OpenClQueue::load_together(const std::vector<std::string>& texts) {
  const auto kernels_of = [](const std::string& text) { return text.find("__kernel "); };
  std::string all;
  for (const std::string& text : texts) {
    const size_t kernels = kernels_of(text);
    if (kernels == std::string::npos || text.substr(0, kernels) != texts[0].substr(0, kernels_of(texts[0]))) return {};
    const size_t from = all.empty() ? 0 : kernels, end = text.find_last_not_of('\0') + 1;
    all += text.substr(from, end - from);
  }
  std::string fault;
  int32_t code = success;
  Program program = texts.size() < 2 ? nullptr : build(all, code, fault);
  return program ? std::vector<void*>(texts.size(), program) : std::vector<void*>();
}

void* OpenClQueue::kernel_of(void* loaded, const char* name) {
  int32_t code = success;
  const Kernel made = api_.CreateKernel(static_cast<Program>(loaded), name, &code);
  expect(code, "a kernel cannot be loaded");
  return made;
}

void OpenClQueue::launch_kernel(void* kernel, const Groups& groups, int64_t shared_bytes,
                                std::span<const KernelArgument> arguments) {
  auto* const launched = static_cast<Kernel>(kernel);
  uint32_t number = 0;
  for (const KernelArgument& argument : arguments) set_argument(launched, number++, argument.bytes, argument.value);
  // Behind them kernels take their shared memory, of which there must be some.
  expect(api_.SetKernelArg(launched, number, static_cast<size_t>(std::max<int64_t>(shared_bytes, 1)), nullptr),
         "a kernel gets no shared memory");
  size_t all[3], group[3];
  for (int axis = 0; axis < 3; ++axis) {
    group[axis] = static_cast<size_t>(groups.threads[axis]);
    all[axis] = group[axis] * static_cast<size_t>(groups.blocks[axis]);
  }
  expect(api_.EnqueueNDRangeKernel(queue_, launched, 3, nullptr, all, group, 0, nullptr, nullptr),
         "a kernel cannot be launched");
}

}  // namespace dnnc::runtime::opencl
