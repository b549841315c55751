#include "runtime/device/opencl_queue.h"

#include <algorithm>

#include "runtime/program/available_memory.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime::opencl {
namespace {

/// What is put is kept here until the device has taken it.
constexpr size_t staging_bytes = size_t{32} << 20;

constexpr const char* look_name = "look";
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
constexpr size_t look_group = 64, most_look_groups = 256;

int chosen_number = -1;

Found usable(std::vector<Found> devices, int number) {
  if (number >= static_cast<int>(devices.size()))
    fail("there is no device " + std::to_string(number) + ": `devices` lists what is there");
  if (number >= 0) devices = {devices[static_cast<size_t>(number)]};
  for (Found& device : devices)
    if (device.why_not.empty()) return std::move(device);
  const Found& first = devices.front();
  fail(first.device ? first.name + " cannot be used: " + first.why_not : first.why_not);
}

}  // namespace

DeviceQueue& DeviceQueue::chosen() {
  static std::map<int, DeviceQueue*> queues;  // what drivers give is theirs until the program ends
  DeviceQueue*& queue = queues[chosen_number];
  if (!queue) queue = new DeviceQueue(chosen_number);
  return *queue;
}

void DeviceQueue::choose(int number) { chosen_number = number; }

DeviceQueue::DeviceQueue(int number) : api_(expect_api()), device_(usable(find_devices(api_), number)) {
  int32_t code = success;
  context_ = api_.CreateContext(nullptr, 1, &device_.device, nullptr, nullptr, &code);
  expect(code, "the device cannot be opened");
  queue_ = api_.CreateCommandQueue(context_, device_.device, 0, &code);
  expect(code, "the device cannot be opened");
  flag_ = allocate(sizeof(int32_t), "the driver");
  set_flag(0);
  look_ = api_.CreateKernel(build(look_source), look_name, &code);
  expect(code, "a kernel cannot be loaded");
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
  taken_[memory] = bytes;
  return memory;
}

Memory DeviceQueue::try_allocate(int64_t bytes) {
  int64_t taken = 0;
  for (const auto& [memory, of_it] : taken_) taken += of_it;
  if (bytes > device_.most_at_once || bytes > device_.memory - taken) return nullptr;
  int32_t code = success;
  const Memory memory = api_.CreateBuffer(context_, read_and_write, static_cast<size_t>(bytes), nullptr, &code);
  if (code != success) return nullptr;
  taken_[memory] = bytes;
  return memory;
}

Memory DeviceQueue::part_of(Memory memory, const Region& part) {
  int32_t code = success;
  const Memory piece = api_.CreateSubBuffer(memory, read_and_write, region, &part, &code);
  expect(code, "a buffer cannot begin there");
  return piece;
}

void DeviceQueue::put(Memory memory, int64_t offset, std::span<const char> bytes) {
  const char* from = bytes.data();
  const bool waits = bytes.size() > staging_bytes / 2;
  if (!waits) {
    if (staged_.empty()) staged_.resize(staging_bytes);
    if (staged_bytes_ + bytes.size() > staging_bytes) wait();
    from = std::copy(bytes.begin(), bytes.end(), staged_.data() + staged_bytes_) - bytes.size();
    staged_bytes_ += bytes.size();
  }
  expect(api_.EnqueueWriteBuffer(queue_, memory, waits, static_cast<size_t>(offset), bytes.size(), from, 0, nullptr,
                                 nullptr),
         "numbers cannot be given to it");
}

void DeviceQueue::get(Memory memory, int64_t offset, std::span<char> bytes) {
  expect(api_.EnqueueReadBuffer(queue_, memory, 1, static_cast<size_t>(offset), bytes.size(), bytes.data(), 0, nullptr,
                                nullptr),
         "numbers cannot be read from it");
}

void DeviceQueue::get_later(Memory memory, int64_t offset, std::span<char> bytes) {
  expect(api_.EnqueueReadBuffer(queue_, memory, 0, static_cast<size_t>(offset), bytes.size(), bytes.data(), 0, nullptr,
                                nullptr),
         "numbers cannot be read from it");
}

void DeviceQueue::wait() {
  expect(api_.Finish(queue_), "what was asked of it is not done");
  staged_bytes_ = 0;
}

void DeviceQueue::look(Memory memory, Memory stretches, int32_t count, int64_t longest) {
  const auto set = [&](uint32_t number, size_t bytes, const void* value) {
    expect(api_.SetKernelArg(look_, number, bytes, value), "a kernel does not take what it is given");
  };
  set(0, sizeof memory, &memory);
  set(1, sizeof stretches, &stretches);
  set(2, sizeof count, &count);
  set(3, sizeof flag_, &flag_);
  const size_t groups = std::clamp<size_t>(static_cast<size_t>(longest) / look_group, 1, most_look_groups);
  const size_t all = groups * look_group, group = look_group;
  expect(api_.EnqueueNDRangeKernel(queue_, look_, 1, nullptr, &all, &group, 0, nullptr, nullptr),
         "a kernel cannot be launched");
  expect(api_.Flush(queue_), "a kernel cannot be launched");
}

void DeviceQueue::found_later(int32_t& found) { get_later(flag_, 0, {reinterpret_cast<char*>(&found), sizeof found}); }

void DeviceQueue::set_flag(int32_t number) {
  expect(api_.EnqueueFillBuffer(queue_, flag_, &number, sizeof number, 0, sizeof number, 0, nullptr, nullptr),
         "its memory cannot be filled");
}

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

Program DeviceQueue::build(const std::string& text) {
  const char* source = text.data();
  const size_t bytes = text.size();
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
  return program;
}

Kernel DeviceQueue::kernel(Module& module, const char* name) {
  for (const auto& [known, found] : module.kernels)
    if (known == name) return found;
  if (!module.program) module.program = build(module.source);
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
