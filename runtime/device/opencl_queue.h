#pragma once
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/device/opencl_devices.h"

namespace dnnc::runtime::opencl {

/// Kernels of one source, which is compiled when the first of them is launched.
struct Module {
  std::string source;
  Program program = nullptr;
  /// By the place of the name in the code that launches it: that does not move.
  std::vector<std::pair<const char*, Kernel>> kernels = {};
};

struct Groups {
  int32_t blocks[3], threads[3];
};

/// The device in use, with one queue in which everything is done in order. All that fails throws Failure.
class DeviceQueue {
 public:
  /// That of the device that was chosen, opened at the first call.
  static DeviceQueue& chosen();
  /// By its place among all; -1, as nobody has chosen: the first that can be used.
  static void choose(int number);

  Memory allocate(int64_t bytes, const std::string& whose);
  /// Null if the device has not so much that nobody has taken.
  Memory try_allocate(int64_t bytes);
  Memory part_of(Memory memory, const Region& part);
  void release(Memory memory) {
    taken_.erase(memory);
    api_.ReleaseMemObject(memory);
  }
  void put(Memory memory, int64_t offset, std::span<const char> bytes);
  void get(Memory memory, int64_t offset, std::span<char> bytes);
  /// They are there after the next wait().
  void get_later(Memory memory, int64_t offset, std::span<char> bytes);
  void wait();
  void copy(Memory memory, int64_t from, int64_t to, int64_t bytes);

  /// What a kernel keeps for itself while it runs: pieces that were given back are given out again, as the queue does one thing
  /// after the other.
  Memory take_scratch(int64_t bytes);
  void give_scratch(Memory memory);

  /// An argument: its bytes, or a buffer's memory.
  struct Argument {
    const void* value;
    size_t bytes;
  };
  void launch(Module& module, const char* name, const Groups& groups, int64_t shared_bytes,
              std::span<const Argument> arguments);

  /// Looks at stretches of a memory: pairs of a place and a count, in words.
  void look(Memory memory, Memory stretches, int32_t count, int64_t longest);
  void found_later(int32_t& found);
  void set_flag(int32_t number);
  Memory flag() const { return flag_; }

  const Found& device() const { return device_; }

 private:
  explicit DeviceQueue(int number);
  void expect(int32_t code, const char* doing) const;
  Program build(const std::string& source);
  Kernel kernel(Module& module, const char* name);

  const Api& api_;
  Found device_;
  Context context_ = nullptr;
  Queue queue_ = nullptr;
  struct Scratch {
    Memory memory;
    int64_t bytes;
    bool used;
  };
  std::map<Memory, int64_t> taken_;  ///< bytes of what was allocated
  std::vector<Scratch> scratch_;
  std::vector<char> staged_;  ///< what was given to be put and may not have been
  size_t staged_bytes_ = 0;
  Memory flag_ = nullptr;  ///< one word: what look() has found; while it is not 0 kernels do nothing
  Kernel look_ = nullptr;
};

}  // namespace dnnc::runtime::opencl
