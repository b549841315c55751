#include "runtime/device/device_queue.h"

#include <algorithm>

#include "runtime/program/available_memory.h"
#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

/// What is put is kept here until the device has taken it.
constexpr size_t staging_bytes = size_t{32} << 20;
constexpr int32_t most_look_groups = 256;
/// Of the memory of a device a part so small is left to kernels by who can do without more.
constexpr int64_t part_left = 16;

DriverListener* driver_listener = nullptr;

}  // namespace

void listen_to_drivers(DriverListener* listener) { driver_listener = listener; }

void DeviceQueue::compiles(int64_t more) const {
  if (driver_listener) driver_listener->compiles(std::string(word_) + ": " + device_.name, more);
}

void DeviceQueue::rests() const {
  if (driver_listener) driver_listener->rests();
}

void DeviceQueue::make_flag() {
  flag_.device = allocate(sizeof(int32_t), "the driver");
  set_flag(0);
}

void* DeviceQueue::looking(const std::string& text) {
  compiles(1);
  void* const kernel = kernel_of(load(text), "look");
  rests();
  return kernel;
}

void DeviceQueue::fail(const std::string& doing, const std::string& said) const {
  rests();
  throw Failure(exit_input_output, std::string(word_) + ": " + device_.name + ": " + doing + ": " + said);
}

DevicePlace DeviceQueue::allocate(int64_t bytes, const std::string& whose) {
  const auto refuse = [&](int64_t there, const char* limit) {
    throw Failure(exit_input_output, whose + ": not enough memory: it takes " + size_text(bytes) + ", and " +
                                         device_.name + limit + size_text(there));
  };
  if (bytes > device_.memory) refuse(device_.memory, " has ");
  if (bytes > device_.most_at_once) refuse(device_.most_at_once, " gives at most ");
  const DevicePlace memory = take_memory(bytes, whose);
  taken_[memory] = bytes;
  return memory;
}

void DeviceQueue::release(DevicePlace memory) {
  taken_.erase(memory);
  give_memory(memory);
}

DevicePlace DeviceQueue::try_allocate(int64_t bytes) {
  int64_t taken = 0;
  for (const auto& [memory, of_it] : taken_) taken += of_it;
  if (bytes > device_.most_at_once || bytes > device_.memory - device_.memory / part_left - taken) return 0;
  try {
    return allocate(bytes, "data");
  } catch (const Failure&) {
    return 0;  // others may have taken it
  }
}

void DeviceQueue::put(DevicePlace memory, int64_t offset, std::span<const char> bytes) {
  if (bytes.size() > staging_bytes / 2) return write(memory, offset, bytes, true);
  if (!staging_) staging_ = take_staging(staging_bytes);
  if (staged_bytes_ + bytes.size() > staging_bytes) wait();
  char* const staged = staging_ + staged_bytes_;
  std::ranges::copy(bytes, staged);
  staged_bytes_ += bytes.size();
  write(memory, offset, {staged, bytes.size()}, false);
}

void DeviceQueue::wait() {
  finish();
  staged_bytes_ = 0;
  rests();
}

void DeviceQueue::found_later(int32_t& found) {
  get_later(flag_.device, 0, {reinterpret_cast<char*>(&found), sizeof found});
}

int32_t DeviceQueue::look_groups(int64_t longest) {
  return static_cast<int32_t>(std::clamp<int64_t>(longest / look_threads, 1, most_look_groups));
}

DevicePlace DeviceQueue::take_scratch(int64_t bytes) {
  for (size_t number = 0; number < scratch_.size(); ++number)
    if (Scratch& piece = scratch_[number]; !piece.used && piece.bytes == bytes) {
      piece.used = true;
      return scratch_places_[number];
    }
  scratch_places_.push_back(allocate(bytes, "a kernel"));
  scratch_.push_back({bytes, true});
  return scratch_places_.back();
}

void DeviceQueue::give_scratch(DevicePlace memory) {
  for (size_t number = 0; number < scratch_.size(); ++number)
    if (scratch_places_[number] == memory) scratch_[number].used = false;
}

void DeviceQueue::launch(DeviceModule& module, const char* name, const Groups& groups, int64_t shared_bytes,
                         std::span<const KernelArgument> arguments) {
  if (gathers_) {
    if (!module.loaded && std::ranges::find(gathered_, &module) == gathered_.end()) gathered_.push_back(&module);
    return;
  }
  const auto known = std::ranges::find(module.kernels, name, [](const auto& kernel) { return kernel.first; });
  if (known != module.kernels.end()) return launch_kernel(known->second, groups, shared_bytes, arguments);
  // Some drivers compile what they were given when it is launched.
  compiles(module.loaded ? 0 : 1);
  if (!module.loaded) module.loaded = load(module.text);
  void* const kernel = kernel_of(module.loaded, name);
  module.kernels.emplace_back(name, kernel);
  launch_kernel(kernel, groups, shared_bytes, arguments);
}

void DeviceQueue::load_gathered() {
  gathers_ = false;
  const std::vector<DeviceModule*> modules = std::exchange(gathered_, {});
  std::vector<std::string> texts;
  for (const DeviceModule* module : modules) texts.push_back(module->text);
  const auto count = static_cast<int64_t>(texts.size());
  compiles(count);
  const std::vector<void*> loaded = load_together(texts);
  if (loaded.empty()) compiles(-count);
  for (size_t number = 0; number < loaded.size(); ++number) modules[number]->loaded = loaded[number];
}

void fail_without_device(const char* word, const std::string& what) {
  throw Failure(exit_input_output, std::string(word) + ": " + what +
                                       "\nhelp: --device=cpu runs on the processor: dnnc can, and programs that were " +
                                       "compiled with --target=host," + word);
}

FoundDevice usable_device(const char* word, std::vector<FoundDevice> devices, int number) {
  if (number >= static_cast<int>(devices.size()))
    fail_without_device(word, "there is no device " + std::to_string(number) + ": `devices` lists what is there");
  if (number >= 0) devices = {devices[static_cast<size_t>(number)]};
  for (FoundDevice& device : devices)
    if (device.why_not.empty()) return std::move(device);
  const FoundDevice& first = devices.front();
  fail_without_device(word, first.handle != 0 ? first.name + " cannot be used: " + first.why_not : first.why_not);
}

}  // namespace dnnc::runtime
