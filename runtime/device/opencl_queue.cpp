#include "runtime/device/opencl_queue.h"

#include <algorithm>

#include "runtime/program/available_memory.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime::opencl {
namespace {

Found first_usable(std::vector<Found> devices) {
  for (Found& device : devices)
    if (device.why_not.empty()) return std::move(device);
  throw Failure(exit_input_output,
                "opencl: no device can be used: " + devices.front().name + ": " + devices.front().why_not);
}

}  // namespace

DeviceQueue& DeviceQueue::chosen() {
  static DeviceQueue queue;
  return queue;
}

DeviceQueue::DeviceQueue() : api_(expect_api()), device_(first_usable(find_devices(api_))) {
  int32_t code = success;
  context_ = api_.CreateContext(nullptr, 1, &device_.device, nullptr, nullptr, &code);
  expect(code, "the device cannot be opened");
  queue_ = api_.CreateCommandQueue(context_, device_.device, 0, &code);
  expect(code, "the device cannot be opened");
}

void DeviceQueue::expect(int32_t code, const char* doing) const {
  if (code == success) return;
  throw Failure(exit_input_output, "opencl: " + device_.name + ": " + doing + ": " + name_of_fault(code) + " (" +
                                       std::to_string(code) + ")");
}

Memory DeviceQueue::allocate(int64_t bytes, const std::string& whose) {
  const auto refuse = [&](int64_t there, const char* limit) {
    throw Failure(exit_input_output, whose + ": not enough memory: it takes " + size_text(bytes) + ", and " +
                                         device_.name + limit + size_text(there));
  };
  if (bytes > device_.memory) refuse(device_.memory, " has ");
  if (bytes > device_.most_at_once) refuse(device_.most_at_once, " gives at most ");
  int32_t code = success;
  const Memory memory = api_.CreateBuffer(context_, read_and_write, static_cast<size_t>(bytes), nullptr, &code);
  expect(code, (whose + ": " + size_text(bytes) + " of its memory cannot be taken").c_str());
  return memory;
}

Memory DeviceQueue::part_of(Memory memory, const Region& part) {
  int32_t code = success;
  const Memory piece = api_.CreateSubBuffer(memory, read_and_write, region, &part, &code);
  expect(code, "a buffer cannot begin there");
  return piece;
}

void DeviceQueue::put(Memory memory, int64_t offset, std::span<const char> bytes) {
  expect(api_.EnqueueWriteBuffer(queue_, memory, 1, static_cast<size_t>(offset), bytes.size(), bytes.data(), 0, nullptr,
                                 nullptr),
         "numbers cannot be given to it");
}

void DeviceQueue::get(Memory memory, int64_t offset, std::span<char> bytes) {
  expect(api_.EnqueueReadBuffer(queue_, memory, 1, static_cast<size_t>(offset), bytes.size(), bytes.data(), 0, nullptr,
                                nullptr),
         "numbers cannot be read from it");
}

void DeviceQueue::wait() { expect(api_.Finish(queue_), "what was asked of it is not done"); }

void DeviceQueue::copy(Memory memory, int64_t from, int64_t to, int64_t bytes) {
  expect(api_.EnqueueCopyBuffer(queue_, memory, memory, static_cast<size_t>(from), static_cast<size_t>(to),
                                static_cast<size_t>(bytes), 0, nullptr, nullptr),
         "its memory cannot be copied");
}

Memory DeviceQueue::take_scratch(int64_t bytes) {
  for (Scratch& piece : scratch_)
    if (!piece.used && piece.bytes == bytes) {
      piece.used = true;
      return piece.memory;
    }
  scratch_.push_back({allocate(bytes, "a kernel"), bytes, true});
  return scratch_.back().memory;
}

void DeviceQueue::give_scratch(Memory memory) {
  for (Scratch& piece : scratch_)
    if (piece.memory == memory) piece.used = false;
}

void DeviceQueue::build(Module& module) {
  const char* source = module.source().data();
  const size_t bytes = module.source().size();
  int32_t code = success;
  const Program program = api_.CreateProgramWithSource(context_, 1, &source, &bytes, &code);
  expect(code, "a kernel cannot be compiled");
  code = api_.BuildProgram(program, 1, &device_.device, "", nullptr, nullptr);
  if (code != success) {
    size_t length = 0;
    api_.GetProgramBuildInfo(program, device_.device, build_log, 0, nullptr, &length);
    std::string log(length, '\0');
    api_.GetProgramBuildInfo(program, device_.device, build_log, length, log.data(), nullptr);
    expect(code, ("its driver does not compile a kernel: " + log.substr(0, log.find('\0'))).c_str());
  }
  module.program = program;
}

Kernel DeviceQueue::kernel(Module& module, const char* name) {
  for (const auto& [known, found] : module.kernels)
    if (known == name) return found;
  if (!module.program) build(module);
  int32_t code = success;
  const Kernel made = api_.CreateKernel(module.program, name, &code);
  expect(code, "a kernel cannot be loaded");
  module.kernels.emplace_back(name, made);
  return made;
}

void DeviceQueue::launch(Module& module, const char* name, const Groups& groups, int64_t shared_bytes,
                         std::span<const Argument> arguments) {
  const Kernel launched = kernel(module, name);
  uint32_t number = 0;
  for (const Argument& argument : arguments)
    expect(api_.SetKernelArg(launched, number++, argument.bytes, argument.value),
           "a kernel does not take what it is given");
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
