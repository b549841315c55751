#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/device/driver_listener.h"
#include "runtime/program/kernel_buffer.h"

namespace dnnc::runtime {

/// What a buffer of a kernel knows memory of a device by: an address, or an object of its driver.
using DevicePlace = uint64_t;

/// A device that a driver offers, or a driver that cannot be asked for any.
struct FoundDevice {
  std::string name;            ///< of driver and device
  int64_t memory = 0;          ///< in bytes
  int64_t most_at_once = 0;    ///< that one arena may have
  int64_t alignment = 0;       ///< of its parts, if its driver asks for any
  std::string why_not = {};    ///< what keeps it from being used; empty: nothing
  uint64_t handle = 0;         ///< what its driver knows it by
  std::string driver = {};     ///< its version
  bool shares_memory = false;  ///< with this program
};

/// Kernels of one text, which a driver loads when the first of them is launched.
struct DeviceModule {
  std::string text;
  void* loaded = nullptr;
  /// By the place of the name in the code that launches it: that does not move.
  std::vector<std::pair<const char*, void*>> kernels = {};
};

struct Groups {
  int32_t blocks[3], threads[3];
};

/// An argument of a kernel: its bytes, or the place of a buffer.
struct KernelArgument {
  const void* value;
  size_t bytes;
};

/// A device in use, with one queue in which everything is done in order. All that fails throws Failure. Here is what is the
/// same for every driver.
class DeviceQueue {
 public:
  virtual ~DeviceQueue() = default;
  DeviceQueue(const DeviceQueue&) = delete;
  DeviceQueue& operator=(const DeviceQueue&) = delete;

  DevicePlace allocate(int64_t bytes, const std::string& whose);
  virtual DevicePlace part_of(DevicePlace memory, int64_t offset, int64_t bytes) = 0;
  /// Of a part.
  virtual void release_part(DevicePlace part) = 0;
  void release(DevicePlace memory);
  /// 0 if the device has not so much that nobody has taken, and more: what kernels compute on their way is taken later.
  DevicePlace try_allocate(int64_t bytes);

  void put(DevicePlace memory, int64_t offset, std::span<const char> bytes);
  virtual void get(DevicePlace memory, int64_t offset, std::span<char> bytes) = 0;
  /// They are there after the next wait().
  virtual void get_later(DevicePlace memory, int64_t offset, std::span<char> bytes) = 0;
  void wait();
  virtual void copy(DevicePlace memory, int64_t from, int64_t to, int64_t bytes) = 0;

  /// What a kernel keeps for itself while it runs: pieces that were given back are given out again, as the queue does one thing
  /// after the other.
  DevicePlace take_scratch(int64_t bytes);
  void give_scratch(DevicePlace memory);

  void launch(DeviceModule& module, const char* name, const Groups& groups, int64_t shared_bytes,
              std::span<const KernelArgument> arguments);

  /// What is launched from here on is only noted, until all that was noted is loaded: drivers load it together faster.
  void gather() { gathers_ = true; }
  void load_gathered();
  /// All that was asked is done: by wait(), or by a get().
  void rests() const;

  /// Looks at stretches of a memory: pairs of a place and a count, in words.
  virtual void look(DevicePlace memory, DevicePlace stretches, int32_t count, int64_t longest) = 0;
  void found_later(int32_t& found);
  virtual void set_flag(int32_t number) = 0;
  /// One word: what look() has found; while it is not 0 kernels do nothing.
  KernelBuffer& flag() { return flag_; }

  const FoundDevice& device() const { return device_; }

 protected:
  DeviceQueue(const char* word, FoundDevice device) : word_(word), device_(std::move(device)) {}

  /// To be called when the device is open.
  void make_flag();
  /// Throws Failure: the device, what was done, what the driver says of it.
  [[noreturn]] void fail(const std::string& doing, const std::string& said) const;
  std::span<const DevicePlace> scratch() const { return scratch_places_; }

  /// The kernel of look(), and its groups.
  void* looking(const std::string& text);
  static constexpr int32_t look_threads = 64;
  static int32_t look_groups(int64_t longest);

 private:
  virtual DevicePlace take_memory(int64_t bytes, const std::string& whose) = 0;
  virtual void give_memory(DevicePlace memory) = 0;
  /// Of the host, from which a device fetches what is put.
  virtual char* take_staging(size_t bytes) = 0;
  virtual void write(DevicePlace memory, int64_t offset, std::span<const char> bytes, bool waits) = 0;
  virtual void finish() = 0;
  virtual void* load(const std::string& text) = 0;
  /// Of as many texts; empty where the driver has no use for that. What is wrong with one of them is told when it is loaded alone.
  virtual std::vector<void*> load_together(const std::vector<std::string>&) { return {}; }
  virtual void* kernel_of(void* loaded, const char* name) = 0;
  virtual void launch_kernel(void* kernel, const Groups& groups, int64_t shared_bytes,
                             std::span<const KernelArgument> arguments) = 0;

  /// It is given kernels, or one that it knows runs for the first time.
  void compiles(int64_t more) const;

  const char* word_;                      ///< of its kind
  std::map<DevicePlace, int64_t> taken_;  ///< bytes of what was allocated
  FoundDevice device_;
  struct Scratch {
    int64_t bytes;
    bool used;
  };
  std::vector<Scratch> scratch_;
  std::vector<DevicePlace> scratch_places_;  ///< of the same numbers
  char* staging_ = nullptr;
  size_t staged_bytes_ = 0;  ///< what was given to be put and may not have been
  KernelBuffer flag_ = {};
  bool gathers_ = false;
  std::vector<DeviceModule*> gathered_;
};

/// The first of the devices that can be used, or that of this number if it is not -1. Throws Failure where there is none.
FoundDevice usable_device(const char* word, std::vector<FoundDevice> devices, int number);

/// Throws Failure; says what else can be done.
[[noreturn]] void fail_without_device(const char* word, const std::string& what);

/// The queues of a kind of device, each opened at the first call, and which of them is in use.
template <class Queue>
class ChosenQueue {
 public:
  /// By its place among all; -1, as nobody has chosen: the first that can be used.
  static void choose(int number) { number_ = number; }
  static DeviceQueue& chosen() {
    static std::map<int, DeviceQueue*> queues;
    DeviceQueue*& queue = queues[number_];
    if (!queue) {
      auto opened = std::make_unique<Queue>(number_);
      static std::vector<std::unique_ptr<DeviceQueue>>
          all;  // made when a driver is open, so it is closed before that ends
      queue = all.emplace_back(std::move(opened)).get();
    }
    return *queue;
  }

 private:
  static inline int number_ = -1;
};

}  // namespace dnnc::runtime
