#include "runtime/device/cuda_devices.h"

#include <array>

namespace dnnc::runtime::cuda {
namespace {

void expect(const Api& api, int32_t code, const char* doing) {
  if (code != success) fail_without_device(kind_word, doing + (": " + fault_text(api, code)));
}

int32_t attribute(const Api& api, Device device, Attribute what) {
  int32_t number = 0;
  return api.DeviceGetAttribute(&number, what, device) == success ? number : 0;
}

std::string version_text(int32_t version) {
  constexpr int32_t major = 1000, minor = 10;
  return std::to_string(version / major) + "." + std::to_string(version % major / minor);
}

std::string why_not(const Api& api, Device device) {
  const int32_t major = attribute(api, device, version_major), minor = attribute(api, device, version_minor);
  const auto text = [](int32_t first, int32_t second) { return std::to_string(first) + "." + std::to_string(second); };
  if (10 * major + minor < least_capability)
    return "it has compute capability " + text(major, minor) + ", and programs need " +
           text(least_capability / 10, least_capability % 10);
  if (attribute(api, device, compute_mode) == mode_prohibited) return "its compute mode lets no program use it";
  return "";
}

FoundDevice look_at(const Api& api, Device device, const std::string& driver) {
  std::array<char, 256> name{};
  if (api.DeviceGetName(name.data(), static_cast<int32_t>(name.size()) - 1, device) != success) name[0] = '\0';
  size_t bytes = 0;
  if (api.DeviceTotalMem(&bytes, device) != success) bytes = 0;
  const auto memory = static_cast<int64_t>(bytes);
  return {name.data(), memory, memory, 0, why_not(api, device), handle_of(device), driver};
}

}  // namespace

const Api& expect_api() {
  if (const Api* api = find_api()) return *api;
  fail_without_device(
      kind_word, "there is no driver: neither libcuda.so.1 nor libcuda.so is there (they come with NVIDIA's driver)");
}

std::vector<FoundDevice> find_devices(const Api& api) {
  const int32_t begun = api.Init(0);
  int32_t version = 0, count = 0;
  if (begun == no_device) fail_without_device(kind_word, "the driver offers no device: " + fault_text(api, begun));
  expect(api, begun, "the driver cannot be used");
  expect(api, api.DriverGetVersion(&version), "the driver cannot be used");
  if (version < least_driver)
    fail_without_device(kind_word, "the driver is one of CUDA " + version_text(version) + ", and programs need CUDA " +
                                       version_text(least_driver));
  expect(api, api.DeviceGetCount(&count), "the devices cannot be listed");
  std::vector<FoundDevice> found;
  for (int32_t number = 0; number < count; ++number) {
    Device device = 0;
    expect(api, api.DeviceGet(&device, number), "the devices cannot be listed");
    found.push_back(look_at(api, device, "CUDA " + version_text(version)));
  }
  if (found.empty()) fail_without_device(kind_word, "the driver offers no device");
  return found;
}

}  // namespace dnnc::runtime::cuda
