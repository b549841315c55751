#pragma once
#include <cstdint>
#include <string>

namespace dnnc::runtime {

/// Memory that this process may still take, and what sets the limit, in words that follow a size: "on this machine".
struct AvailableMemory {
  int64_t bytes = INT64_MAX;
  std::string limit = "on this machine";
};

/// The least of what the machine, the control groups of this process (of either version) and its own limits leave. `root`
/// stands before /proc and /sys.
AvailableMemory available_memory(const std::string& root = "");
/// The address space alone that is left of `ulimit -v`.
AvailableMemory available_addresses(const std::string& root = "");

/// Whether so many bytes may be taken. Of few it asks nobody.
bool is_available(int64_t bytes);

/// To be called before memory is taken that will be touched: a system that promises more than it has kills later. Throws Failure
/// with both sizes where they are not available.
void expect_memory(int64_t bytes, const std::string& what);
/// `count` times as many.
void expect_memory(int64_t bytes, int64_t count, const std::string& what);

/// "3000000000 bytes (2.8 GiB)", the unit between with what separates it.
std::string size_text(int64_t bytes, const char* unit = " bytes");

/// "not enough memory: it takes 3000000000 bytes (2.8 GiB), and 1073741824 (1.0 GiB) are free on this machine"
std::string memory_fault(int64_t bytes, const AvailableMemory& available);

}  // namespace dnnc::runtime
