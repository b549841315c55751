#pragma once
#include <memory>
#include <vector>

#include "runtime/device/cuda_devices.h"
#include "runtime/device/cuda_graphs.h"
#include "runtime/device/device_queue.h"

namespace dnnc::runtime::cuda {

class CudaQueue final : public DeviceQueue {
 public:
  /// See ChosenQueue.
  explicit CudaQueue(int number);
  ~CudaQueue() override { close(); }

  DevicePlace part_of(DevicePlace memory, int64_t offset, int64_t) override { return at(memory, offset); }
  void release_part(DevicePlace) override {}
  void get(DevicePlace memory, int64_t offset, std::span<char> bytes) override;
  void get_later(DevicePlace memory, int64_t offset, std::span<char> bytes) override;
  void copy(DevicePlace memory, int64_t from, int64_t to, int64_t bytes) override;
  void look(DevicePlace memory, DevicePlace stretches, int32_t count, int64_t longest) override;
  void set_flag(int32_t number) override;

 private:
  DevicePlace take_memory(int64_t bytes, const std::string& whose) override;
  void give_memory(DevicePlace memory) override;
  char* take_staging(size_t bytes) override;
  void write(DevicePlace memory, int64_t offset, std::span<const char> bytes, bool waits) override;
  void finish() override;
  void* load(const std::string& text) override;
  void* kernel_of(void* loaded, const char* name) override;
  void launch_kernel(void* kernel, const Groups& groups, int64_t shared_bytes,
                     std::span<const KernelArgument> arguments) override;

  void close();
  /// From which the device reads, and in which it stores, on its own.
  char* take_host_memory(size_t bytes) const;
  static DevicePlace at(DevicePlace memory, int64_t offset) { return memory + static_cast<uint64_t>(offset); }
  void expect(int32_t code, const char* doing) const;
  /// The driver's calls are for the device of the thread.
  void enter() const;
  /// Before whatever is done in order that is no launch.
  void stop_launches();

  const Api& api_;
  Context context_ = nullptr;
  Stream stream_ = nullptr;
  Kernel look_ = nullptr;
  std::unique_ptr<GraphedLaunches> launches_;
  std::vector<Module> modules_;
  char* staging_ = nullptr;
  /// What was fetched and waits here until all is done: a device stores on its own only in memory that its driver has given.
  struct Fetched {
    char* to;
    size_t offset, bytes;
  };
  char* fetched_ = nullptr;
  std::vector<Fetched> fetching_;
  size_t fetched_bytes_ = 0;
};

}  // namespace dnnc::runtime::cuda
