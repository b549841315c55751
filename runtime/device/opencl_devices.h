#pragma once
#include <string>
#include <vector>

#include "runtime/device/opencl_api.h"

namespace dnnc::runtime::opencl {

/// A device that a driver offers, or a driver that cannot be asked for any.
struct Found {
  Device device = nullptr;
  std::string name;          ///< of driver and device
  int64_t memory = 0;        ///< in bytes
  int64_t most_at_once = 0;  ///< that one arena may have
  int64_t alignment = 0;
  std::string why_not;  ///< what keeps it from being used; empty: nothing
};

/// All devices of all drivers, in the order in which they offer them. Throws Failure where there are none, and says whether there
/// is no driver or one that fails.
std::vector<Found> find_devices(const Api& api);

/// Throws Failure; says what else can be done.
[[noreturn]] void fail(const std::string& what);

/// The functions of OpenCL. Throws Failure where there is no library.
const Api& expect_api();

}  // namespace dnnc::runtime::opencl
