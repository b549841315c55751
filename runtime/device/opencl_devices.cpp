#include "runtime/device/opencl_devices.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "runtime/files/own_folder.h"
#include "runtime/program/available_memory.h"
#include "runtime/program/shown.h"

namespace dnnc::runtime::opencl {
namespace {

/// What a query tells as text, without the zero at its end.
template <class Object, class Query>
std::string text_of(Query query, Object object, uint32_t what) {
  size_t bytes = 0;
  if (query(object, what, 0, nullptr, &bytes) != success || bytes == 0) return "";
  std::string text(bytes, '\0');
  if (query(object, what, bytes, text.data(), nullptr) != success) return "";
  return text.substr(0, text.find('\0'));
}

template <class Number>
Number number_of(const Api& api, Device device, uint32_t what) {
  Number number = 0;
  return api.GetDeviceInfo(device, what, sizeof number, &number, nullptr) == success ? number : 0;
}

/// A work-group has so many threads.
constexpr size_t threads_of_group = 64;

std::string why_not(const Api& api, Device device) {
  if (number_of<uint32_t>(api, device, device_available) == 0) return "the driver says that it is not available";
  if (number_of<uint32_t>(api, device, device_compiles) == 0) return "its driver has no compiler";
  if (number_of<uint64_t>(api, device, device_double) == 0) return "it does not compute in float64";
  if (number_of<size_t>(api, device, device_max_group) < threads_of_group)
    return "it has no groups of " + std::to_string(threads_of_group) + " threads";
  return "";
}

/// What a driver needs of memory that it shares with the program to compile kernels.
constexpr int64_t memory_to_compile = int64_t{512} << 20;

FoundDevice look_at(const Api& api, const std::string& driver, Device device) {
  FoundDevice found{
      .name = driver + ": " + text_of(api.GetDeviceInfo, device, device_name),
      .memory = static_cast<int64_t>(number_of<uint64_t>(api, device, device_memory_bytes)),
      .most_at_once = static_cast<int64_t>(number_of<uint64_t>(api, device, device_max_piece)),
      .alignment = static_cast<int64_t>(number_of<uint32_t>(api, device, device_alignment_bits) / 8),
      .why_not = why_not(api, device),
      .handle = reinterpret_cast<uint64_t>(device),
      .driver = text_of(api.GetDeviceInfo, device, device_driver_version),
      .shares_memory = number_of<uint32_t>(api, device, device_shares_memory) != 0,
  };
  // Such a driver knows the machine, and nothing of the limits of this program.
  if (found.shares_memory) {
    const AvailableMemory available = available_memory();
    found.memory = std::min(available.bytes - memory_to_compile, found.memory);
    if (found.memory <= 0)
      found.why_not = "of " + size_text(available.bytes) + " that are free " + available.limit +
                      " nothing is left when its driver has compiled";
  }
  found.most_at_once = std::min(found.most_at_once, found.memory);
  return found;
}

bool is_on_path(const std::string& program) {
  const char* const path = std::getenv("PATH");
  const std::string all = path ? path : "";
  for (size_t begin = 0; begin <= all.size();) {
    const size_t end = std::min(all.find(':', begin), all.size());
    const std::string file = all.substr(begin, end - begin) + "/" + program;
    std::error_code fault;
    if (end > begin && ::access(file.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(file, fault)) return true;
    begin = end + 1;
  }
  return false;
}

constexpr const char *pocl = "Portable Computing Language", *cache_variable = "POCL_CACHE_DIR";
constexpr int64_t room_for_kernels = int64_t{16} << 20;

/// Whether it is a folder for files of this program, or can be made one.
bool can_hold_files(const std::filesystem::path& folder) {
  std::error_code fault;
  std::filesystem::create_directories(folder, fault);
  if (!std::filesystem::is_directory(folder, fault) || ::access(folder.c_str(), W_OK | X_OK) != 0) return false;
  const std::filesystem::space_info space = std::filesystem::space(folder, fault);
  rlimit largest{};
  const bool limited = ::getrlimit(RLIMIT_FSIZE, &largest) == 0 && largest.rlim_cur != RLIM_INFINITY;
  return (fault || static_cast<int64_t>(space.available) >= room_for_kernels) &&
         (!limited || static_cast<int64_t>(largest.rlim_cur) >= room_for_kernels);
}

/// Where PoCL keeps compiled kernels.
std::filesystem::path kernel_folder() {
  const char* const given = std::getenv(cache_variable);
  const std::string path = runtime::cache_folder(cache_variable, "pocl/kcache").path;
  return !path.empty() ? path : given ? given : "/tmp/pocl/kcache";
}

/// PoCL ends the program where it cannot do what it needs: so that is looked at before it is asked for devices.
std::string why_not(const std::string& driver) {
  if (driver != pocl) return "";
  if (const char* folder = std::getenv(cache_variable); folder && !*folder)
    return "the driver " + driver + " takes no empty " + cache_variable + ": give a folder, or none";
  if (const std::filesystem::path folder = kernel_folder(); !can_hold_files(folder))
    return "the driver " + driver + " cannot keep kernels in " + shown(folder.string()) + ": set " + cache_variable +
           " to a folder with room for files of " + size_text(room_for_kernels);
  if (!is_on_path("ld"))
    return "the driver " + driver + " calls `ld`, which is not on the PATH (Debian: apt-get install binutils)";
  return "";
}

}  // namespace

std::string words_of_end(const FoundDevice& device) {
  const std::string words = std::string(kind_word) + ": " + shown(device.name) +
                            ": its driver has ended the program, after what it says above\n";
  if (!device.name.starts_with(pocl)) return words;
  return words + "help: what it has kept of kernels may be damaged: delete " + shown(kernel_folder().string()) + "\n";
}

const Api& expect_api() {
  if (const Api* api = find_api()) return *api;
  fail_without_device(
      kind_word,
      "there is no driver: libOpenCL.so.1 is not there (Debian: apt-get install ocl-icd-libopencl1 and the driver of "
      "the device, "
      "or pocl-opencl-icd, which is one for processors)");
}

std::vector<FoundDevice> find_devices(const Api& api) {
  uint32_t count = 0;
  const int32_t code = api.GetPlatformIDs(0, nullptr, &count);
  if (code == platform_not_found || (code == success && count == 0))
    fail_without_device(kind_word,
                        "there is no driver: libOpenCL.so.1 knows none (drivers are listed in /etc/OpenCL/vendors)");
  if (code != success)
    fail_without_device(kind_word, std::string("the drivers cannot be listed: ") + name_of_fault(code));
  std::vector<Platform> platforms(count);
  api.GetPlatformIDs(count, platforms.data(), nullptr);
  std::vector<FoundDevice> found;
  std::string faults;
  for (const Platform platform : platforms) {
    const std::string driver = text_of(api.GetPlatformInfo, platform, platform_name);
    if (const std::string why = why_not(driver); !why.empty()) {
      found.push_back({.name = driver, .why_not = why});
      continue;
    }
    uint32_t devices = 0;
    const int32_t fault = api.GetDeviceIDs(platform, any_device, 0, nullptr, &devices);
    if (fault != success) faults += (faults.empty() ? "" : "; ") + driver + ": " + name_of_fault(fault);
    std::vector<Device> all(fault == success ? devices : 0);
    if (!all.empty()) api.GetDeviceIDs(platform, any_device, devices, all.data(), nullptr);
    for (const Device device : all) found.push_back(look_at(api, driver, device));
  }
  if (found.empty()) fail_without_device(kind_word, "the driver offers no device: " + faults);
  return found;
}

}  // namespace dnnc::runtime::opencl
