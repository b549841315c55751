#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/program/batch_words.h"
#include "runtime/program/finite.h"
#include "runtime/program/kernel_buffer.h"
#include "runtime/program/memory_layout.h"
#include "runtime/program/program.h"

namespace dnnc::runtime {

/// What a device is called, and the version of its driver.
struct DeviceName {
  std::string device, driver;
};

/// What is kept on a device beside an arena, as long as that is there.
class KeptBeside {
 public:
  virtual ~KeptBeside() = default;
};

/// One piece of a device's memory, in which the arena of a program lies. What is asked is done in order, whoever asks; `get`
/// waits for all that was asked before. Each throws Failure where the device fails.
class DeviceMemory {
 public:
  virtual ~DeviceMemory() = default;
  /// What is given may change when this returns.
  virtual void put(int64_t offset, std::span<const char> bytes) = 0;
  virtual void get(int64_t offset, std::span<char> bytes) const = 0;
  /// Fetches the bytes, which are there when wait() returns.
  virtual void get_later(int64_t offset, std::span<char> bytes) const = 0;
  /// Until all is done that was asked before.
  virtual void wait() const = 0;
  /// The pieces do not overlap.
  virtual void copy(int64_t from, int64_t to, int64_t bytes) = 0;
  virtual DeviceName name() const = 0;
  /// Gives a buffer its place, so many bytes behind the begin of this memory.
  virtual void bind(const dnnc_view& view, int64_t begin) = 0;

  /// Stretches of float32 that look() looks at; gives their number.
  virtual size_t watch(std::span<const Stretch> stretches) = 0;
  /// Looks at what watch() was given under that number. From the first number on that is not finite no kernel does anything.
  virtual void look(size_t watched) = 0;
  /// Fetches what looks have found: 0, or how many stretches stand from the first on that holds such a number, which it counts.
  virtual void found_later(int32_t& found) const = 0;
  /// Kernels that are asked for from now on are only noted, until those that were are loaded together.
  virtual void gather() = 0;
  virtual void load_gathered() = 0;
  /// Kernels that are asked for from now on do nothing.
  virtual void hold() = 0;
  /// Kernels do again what they are for.
  virtual void go_on() = 0;
  /// The same of a copy of such a buffer, in the middle of a step: a piece that begins so many bytes behind the arena's begin.
  virtual void move(KernelBuffer& buffer, int64_t offset, int64_t bytes) = 0;
  /// Stores a number where the buffer is.
  virtual void store(const KernelBuffer& buffer, int32_t number) = 0;

  /// Memory of the device beside this piece; 0 if there is not so much. What is not given back lasts as long as this.
  virtual uint64_t take_beside(int64_t bytes) = 0;
  virtual void give_back(uint64_t memory) = 0;
  virtual void put_beside(uint64_t memory, int64_t offset, std::span<const char> bytes) = 0;
  /// Fetches the bytes, which are there when wait() returns.
  virtual void get_beside_later(uint64_t memory, int64_t offset, std::span<char> bytes) const = 0;

  /// What kernels that take batches read: from the beginning words that tell them to take none.
  KernelBuffer* taken(TakenMemory which) { return &taken_[static_cast<size_t>(which)]; }
  void set_taken(TakenMemory which, uint64_t memory) { taken(which)->device = memory; }
  /// The data of these batches, or null.
  std::unique_ptr<KeptBeside> kept;

 protected:
  static constexpr int64_t bytes_of_words = static_cast<int64_t>(batch_words * sizeof(int32_t));
  /// Lets the words, which lie there, stand for all else too.
  void begin_taking(uint64_t words) {
    put_beside(words, 0, std::vector<char>(bytes_of_words));
    for (KernelBuffer& buffer : taken_) buffer.device = words;
  }

 private:
  KernelBuffer taken_[taken_memories] = {};
};

/// A device as it is listed.
struct ListedDevice {
  std::string name;
  int64_t memory;       ///< in bytes
  int64_t largest;      ///< of it in one piece
  std::string why_not;  ///< what keeps programs from running on it; empty: nothing
};

class DeviceQueue;

/// Called before kernels are launched, with the interface of their device: gives the buffer of one Int32 that kernels read first.
/// While it is not 0 they do nothing.
inline constexpr const char* device_flag_symbol = "dnnc_device_flag";

/// How a step ended of which the device did not do a kernel. What the device said is told by take_kernel_fault().
constexpr int32_t kernel_device_fault = -29;

}  // namespace dnnc::runtime

extern "C" {

/// What code calls within loops, of buffers whose `device_interface` is the memory that they were bound to. A fault is kept until
/// the next kernel asks for the buffer.
void dnnc_device_piece(dnnc::runtime::KernelBuffer* buffer, int64_t offset, int64_t bytes);
void dnnc_device_store(const dnnc::runtime::KernelBuffer* buffer, int32_t number);

/// Called before kernels that take batches are launched: batch_words.h.
dnnc::runtime::KernelBuffer* dnnc_device_taken(const dnnc::runtime::KernelBuffer* of, int32_t memory);

/// A kind of device whose kernels a program is made of: device_kinds.def.
struct dnnc_device {
  const char* word;
  /// All that are there, in the order in which drivers offer them. Throws Failure where there is no driver, or one that fails.
  std::vector<dnnc::runtime::ListedDevice> (*list)();
  /// Which of them is used from now on, by its place in the list; -1: the first that can be used. Kernels that have run on one do
  /// not run on another one.
  void (*choose)(int number);
  /// Opens its driver where that has not been done, and takes memory for `whose` arena. Throws Failure where there is no driver,
  /// one that fails, or not so much memory.
  std::unique_ptr<dnnc::runtime::DeviceMemory> (*take)(int64_t bytes, const dnnc::runtime::MemoryLayout& layout,
                                                       const std::string& whose);
  /// In which kernels are launched, opened as by `take`.
  dnnc::runtime::DeviceQueue& (*queue)();
};
}
