#include <array>
#include <map>
#include <new>
#include <stdexcept>

#include "runtime/device/opencl_queue.h"
#include "runtime/program/device.h"
#include "runtime/program/failure.h"
#include "runtime/program/halide_runtime.h"
#include "runtime/program/kernel_buffer.h"

// What kernels for OpenCL call, and the memory in which their arenas lie. As in halide_runtime.cpp, nothing of Halide's own
// runtime is linked.
namespace dnnc::runtime::opencl {
namespace {

class Arena final : public DeviceMemory {
 public:
  Arena(int64_t bytes, const MemoryLayout& layout, const std::string& whose)
      : queue_(DeviceQueue::chosen()), memory_(queue_.allocate(bytes, whose)) {
    const int64_t wanted = queue_.device().alignment;
    if (wanted > 0 && layout.alignment % wanted != 0)
      throw Failure(exit_input_output, "opencl: " + queue_.device().name +
                                           " cannot be used: its buffers begin at multiples of " +
                                           std::to_string(wanted) + " bytes, and those of programs at multiples of " +
                                           std::to_string(layout.alignment));
    begin_taking();
  }
  ~Arena() override {
    for (const Memory memory : beside_) queue_.release(memory);
    for (const auto& [place, part] : parts_) queue_.release(part);
    for (const Watched& one : watched_) queue_.release(one.stretches);
    queue_.release(memory_);
  }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void put(int64_t offset, std::span<const char> bytes) override {
    if (!bytes.empty()) queue_.put(memory_, offset, bytes);
  }
  void get(int64_t offset, std::span<char> bytes) const override {
    if (!bytes.empty()) queue_.get(memory_, offset, bytes);
  }
  void get_later(int64_t offset, std::span<char> bytes) const override { queue_.get_later(memory_, offset, bytes); }
  void wait() const override { queue_.wait(); }
  void copy(int64_t from, int64_t to, int64_t bytes) override { queue_.copy(memory_, from, to, bytes); }

  /// Buffers of the same place are one.
  void bind(const dnnc_view& view, int64_t begin) override {
    begin_ = begin;
    move(*static_cast<KernelBuffer*>(view.buffer), view.offset, view.bytes);
  }
  void move(KernelBuffer& buffer, int64_t offset, int64_t bytes) override {
    Memory& part = parts_[{offset, bytes}];
    if (!part) part = queue_.part_of(memory_, {static_cast<size_t>(begin_ + offset), static_cast<size_t>(bytes)});
    buffer.device = reinterpret_cast<uint64_t>(part);
    buffer.device_interface = static_cast<DeviceMemory*>(this);
  }
  void store(const KernelBuffer& buffer, int32_t number) override {
    queue_.put(reinterpret_cast<Memory>(buffer.device), 0, {reinterpret_cast<const char*>(&number), sizeof number});
  }

  uint64_t take_beside(int64_t bytes) override {
    const Memory memory = queue_.try_allocate(bytes);
    if (memory) beside_.push_back(memory);
    return reinterpret_cast<uint64_t>(memory);
  }
  void give_back(uint64_t memory) override {
    std::erase(beside_, reinterpret_cast<Memory>(memory));
    queue_.release(reinterpret_cast<Memory>(memory));
  }
  void put_beside(uint64_t memory, int64_t offset, std::span<const char> bytes) override {
    if (!bytes.empty()) queue_.put(reinterpret_cast<Memory>(memory), offset, bytes);
  }

  size_t watch(std::span<const Stretch> stretches) override {
    std::vector<uint64_t> words;
    Watched watched{nullptr, static_cast<int32_t>(stretches.size()), 0};
    for (const Stretch& stretch : stretches) {
      words.push_back(static_cast<uint64_t>(stretch.offset) / sizeof(float));
      words.push_back(static_cast<uint64_t>(stretch.count));
      watched.longest = std::max(watched.longest, stretch.count);
    }
    const std::span<const char> bytes(reinterpret_cast<const char*>(words.data()), words.size() * sizeof(uint64_t));
    watched.stretches = queue_.allocate(static_cast<int64_t>(bytes.size()), "what is looked at");
    queue_.put(watched.stretches, 0, bytes);
    watched_.push_back(watched);
    return watched_.size() - 1;
  }
  void look(size_t number) override {
    const Watched& watched = watched_[number];
    queue_.look(memory_, watched.stretches, watched.count, watched.longest);
  }
  void found_later(int32_t& found) const override { queue_.found_later(found); }
  void hold() override { queue_.set_flag(1); }
  void go_on() override { queue_.set_flag(0); }

 private:
  struct Watched {
    Memory stretches;
    int32_t count;
    int64_t longest;
  };
  DeviceQueue& queue_;
  Memory memory_;
  int64_t begin_ = 0;  ///< of the arena in it
  std::map<std::pair<int64_t, int64_t>, Memory> parts_;
  std::vector<Watched> watched_;
  std::vector<Memory> beside_;
};

std::unique_ptr<DeviceMemory> take(int64_t bytes, const MemoryLayout& layout, const std::string& whose) {
  return std::make_unique<Arena>(bytes, layout, whose);
}

std::vector<ListedDevice> list() {
  std::vector<ListedDevice> devices;
  for (const Found& found : find_devices(expect_api()))
    devices.push_back({found.name, found.memory, found.most_at_once, found.why_not});
  return devices;
}

/// Through the code of kernels nothing may be thrown: it becomes a number and a text.
template <class Work>
int told(Work work) {
  try {
    work();
    return 0;
  } catch (const std::exception& fault) {
    halide_error(nullptr, fault.what());
    return kernel_device_fault;
  }
}

}  // namespace
}  // namespace dnnc::runtime::opencl

using namespace dnnc::runtime;
using namespace dnnc::runtime::opencl;

extern "C" {

extern const dnnc_device dnnc_device_opencl;
const dnnc_device dnnc_device_opencl = {"opencl", list, DeviceQueue::choose, take};

void dnnc_device_piece(KernelBuffer* buffer, int64_t offset, int64_t bytes) {
  auto* memory = static_cast<DeviceMemory*>(const_cast<void*>(buffer->device_interface));
  if (told([&] { memory->move(*buffer, offset, bytes); }) != 0) buffer->device = 0;
}
void dnnc_device_store(const KernelBuffer* buffer, int32_t number) {
  auto* memory = static_cast<DeviceMemory*>(const_cast<void*>(buffer->device_interface));
  told([&] { memory->store(*buffer, number); });
}

KernelBuffer* dnnc_device_flag() {
  static KernelBuffer buffer = {};
  if (told([&] { buffer.device = reinterpret_cast<uint64_t>(DeviceQueue::chosen().flag()); }) != 0) buffer.device = 0;
  return &buffer;
}

const void* halide_opencl_device_interface() { return &dnnc_device_opencl; }

/// Called before each call of a kernel, with a place where the code keeps what is made of its source.
int halide_opencl_initialize_kernels(void*, void** state, const char* source, int bytes) {
  return told([&] {
    // Who looks for kernels goes by it until the program ends.
    if (!*state) *state = new Module{std::string(source, source + bytes)};
  });
}
void halide_opencl_finalize_kernels(void*, void*) {}

int halide_opencl_run(void*, void* state, const char* name, int blocks_x, int blocks_y, int blocks_z, int threads_x,
                      int threads_y, int threads_z, int shared_bytes, const size_t* sizes, void** values,
                      const int8_t* are_buffers) {
  return told([&] {
    constexpr size_t most = 120;  // standard: 1024 bytes
    std::array<DeviceQueue::Argument, most> arguments;
    size_t count = 0;
    for (; sizes[count] != 0; ++count) {
      if (count == most) throw std::length_error("a kernel takes too many arguments");
      arguments[count] =
          are_buffers[count]
              ? DeviceQueue::Argument{&static_cast<const KernelBuffer*>(values[count])->device, sizeof(Memory)}
              : DeviceQueue::Argument{values[count], sizes[count]};
    }
    DeviceQueue::chosen().launch(*static_cast<Module*>(state), name,
                                 {{blocks_x, blocks_y, blocks_z}, {threads_x, threads_y, threads_z}}, shared_bytes,
                                 std::span(arguments).first(count));
  });
}

/// Memory for what a kernel computes on its way; asked for again before each loop that uses it.
int halide_device_malloc(void*, KernelBuffer* buffer, const void*) {
  return told([&] {
    if (buffer->device == 0)
      buffer->device = reinterpret_cast<uint64_t>(DeviceQueue::chosen().take_scratch(bytes_of(*buffer)));
  });
}
int halide_device_free(void*, KernelBuffer* buffer) {
  if (buffer->device != 0) DeviceQueue::chosen().give_scratch(reinterpret_cast<Memory>(buffer->device));
  buffer->device = 0;
  return 0;
}
void halide_device_free_as_destructor(void* context, void* buffer) {
  halide_device_free(context, static_cast<KernelBuffer*>(buffer));
}

/// All that kernels read is on the device.
int halide_copy_to_device(void*, KernelBuffer* buffer, const void*) {
  return told([&] {
    if (buffer->device == 0) throw std::logic_error("a kernel reads what is not on the device");
  });
}
}
