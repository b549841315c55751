#include "runtime/device/arena.h"

#include <algorithm>
#include <map>

#include "runtime/program/failure.h"

namespace dnnc::runtime {
namespace {

class Arena final : public DeviceMemory {
 public:
  Arena(DeviceQueue& queue, int64_t bytes, const std::string& whose)
      : queue_(queue), memory_(queue_.allocate(bytes, whose)) {
    try {
      beside_.push_back(queue_.allocate(bytes_of_words, whose));
    } catch (...) {
      queue_.release(memory_);
      throw;
    }
    begin_taking(beside_.back());
  }
  ~Arena() override {
    try {
      queue_.wait();  // kernels may use what is given back
    } catch (const Failure&) {
      // of a device that is lost nothing is used
    }
    for (const DevicePlace memory : beside_) queue_.release(memory);
    for (const auto& [place, part] : parts_) queue_.release_part(part);
    for (const Watched& one : watched_) queue_.release(one.stretches);
    queue_.release(memory_);
  }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void put(int64_t offset, std::span<const char> bytes) override {
    if (!bytes.empty()) queue_.put(memory_, offset, bytes);
  }
  void get(int64_t offset, std::span<char> bytes) const override {
    if (bytes.empty()) return;
    queue_.get(memory_, offset, bytes);
    queue_.rests();
  }
  void get_later(int64_t offset, std::span<char> bytes) const override { queue_.get_later(memory_, offset, bytes); }
  void wait() const override { queue_.wait(); }
  DeviceName name() const override { return {queue_.device().name, queue_.device().driver}; }
  void copy(int64_t from, int64_t to, int64_t bytes) override { queue_.copy(memory_, from, to, bytes); }

  /// Buffers of the same place are one.
  void bind(const dnnc_view& view, int64_t begin) override {
    begin_ = begin;
    move(*static_cast<KernelBuffer*>(view.buffer), view.offset, view.bytes);
  }
  void move(KernelBuffer& buffer, int64_t offset, int64_t bytes) override {
    DevicePlace& part = parts_[{offset, bytes}];
    if (!part) part = queue_.part_of(memory_, begin_ + offset, bytes);
    buffer.device = part;
    buffer.device_interface = static_cast<DeviceMemory*>(this);
  }
  void store(const KernelBuffer& buffer, int32_t number) override {
    queue_.put(buffer.device, 0, {reinterpret_cast<const char*>(&number), sizeof number});
  }

  uint64_t take_beside(int64_t bytes) override {
    const DevicePlace memory = queue_.try_allocate(bytes);
    if (memory) beside_.push_back(memory);
    return memory;
  }
  void give_back(uint64_t memory) override {
    std::erase(beside_, memory);
    queue_.release(memory);
  }
  void put_beside(uint64_t memory, int64_t offset, std::span<const char> bytes) override {
    if (!bytes.empty()) queue_.put(memory, offset, bytes);
  }
  void get_beside_later(uint64_t memory, int64_t offset, std::span<char> bytes) const override {
    queue_.get_later(memory, offset, bytes);
  }

  size_t watch(std::span<const Stretch> stretches) override {
    std::vector<uint64_t> words;
    Watched watched{0, static_cast<int32_t>(stretches.size()), 0};
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
  void gather() override { queue_.gather(); }
  void load_gathered() override { queue_.load_gathered(); }
  void hold() override { queue_.set_flag(1); }
  void go_on() override { queue_.set_flag(0); }

 private:
  struct Watched {
    DevicePlace stretches;
    int32_t count;
    int64_t longest;
  };
  DeviceQueue& queue_;
  DevicePlace memory_;
  int64_t begin_ = 0;  ///< of the arena in it
  std::map<std::pair<int64_t, int64_t>, DevicePlace> parts_;
  std::vector<Watched> watched_;
  std::vector<DevicePlace> beside_;
};

}  // namespace

std::unique_ptr<DeviceMemory> take_arena(const char* word, DeviceQueue& queue, int64_t bytes,
                                         const MemoryLayout& layout, const std::string& whose) {
  const int64_t wanted = queue.device().alignment;
  if (wanted > 0 && layout.alignment % wanted != 0)
    throw Failure(exit_input_output, std::string(word) + ": " + queue.device().name +
                                         " cannot be used: its buffers begin at multiples of " +
                                         std::to_string(wanted) + " bytes, and those of programs at multiples of " +
                                         std::to_string(layout.alignment));
  return std::make_unique<Arena>(queue, bytes, whose);
}

std::vector<ListedDevice> listed(const std::vector<FoundDevice>& devices) {
  std::vector<ListedDevice> all;
  for (const FoundDevice& found : devices) all.push_back({found.name, found.memory, found.most_at_once, found.why_not});
  return all;
}

}  // namespace dnnc::runtime
