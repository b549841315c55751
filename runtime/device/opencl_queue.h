#pragma once
#include "runtime/device/device_queue.h"
#include "runtime/device/opencl_devices.h"

namespace dnnc::runtime::opencl {

class OpenClQueue final : public DeviceQueue {
 public:
  /// See ChosenQueue.
  explicit OpenClQueue(int number);

  DevicePlace part_of(DevicePlace memory, int64_t offset, int64_t bytes) override;
  void release_part(DevicePlace part) override { give_memory(part); }
  void get(DevicePlace memory, int64_t offset, std::span<char> bytes) override;
  void get_later(DevicePlace memory, int64_t offset, std::span<char> bytes) override;
  void copy(DevicePlace memory, int64_t from, int64_t to, int64_t bytes) override;
  void look(DevicePlace memory, DevicePlace stretches, int32_t count, int64_t longest) override;
  void set_flag(int32_t number) override;

 private:
  DevicePlace take_memory(int64_t bytes, const std::string& whose) override;
  void give_memory(DevicePlace memory) override { api_.ReleaseMemObject(reinterpret_cast<Memory>(memory)); }
  char* take_staging(size_t bytes) override;
  void write(DevicePlace memory, int64_t offset, std::span<const char> bytes, bool waits) override;
  void finish() override;
  void* load(const std::string& text) override;
  std::vector<void*> load_together(const std::vector<std::string>& texts) override;
  Program build(const std::string& text, int32_t& code, std::string& fault) const;
  void* kernel_of(void* loaded, const char* name) override;
  void launch_kernel(void* kernel, const Groups& groups, int64_t shared_bytes,
                     std::span<const KernelArgument> arguments) override;

  void expect(int32_t code, const char* doing) const;
  void set_argument(Kernel kernel, uint32_t number, size_t bytes, const void* value) const;

  const Api& api_;
  Context context_ = nullptr;
  Queue queue_ = nullptr;
  Kernel look_ = nullptr;
};

}  // namespace dnnc::runtime::opencl
