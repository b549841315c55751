#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "runtime/program/device.h"
#include "runtime/program/manifest.h"
#include "runtime/program/program.h"

namespace dnnc::runtime {

/// Runs a program call by call and looks after each whether kernels use memory as planned: memory_check.h is the one there
/// is, which only trainers whose manifest has a memory plan hold.
class CallChecker {
 public:
  CallChecker() = default;
  CallChecker(const CallChecker&) = delete;
  CallChecker& operator=(const CallChecker&) = delete;
  virtual ~CallChecker() = default;

  /// As the functions of dnnc_entry. Inputs have been stored when `compute` begins.
  virtual void compute(size_t entry) = 0;
  virtual void update(size_t entry) = 0;

  /// Bytes before and behind the arena that are looked at too: what a kernel may read by mistake, several times.
  static constexpr int64_t margin(const MemoryLayout& memory) { return 4 * memory.padded(0); }
};

/// Makes one that looks at `block`, in which the arena begins at `arena`, and binds the program to it. The manifest has a
/// memory plan. With a device, kernels find the block there: it is brought there and back around each call. Null in a trainer
/// that was linked without it.
using CheckerMaker = std::unique_ptr<CallChecker> (*)(const dnnc_program&, const Manifest&, std::span<char> block,
                                                      char* arena, DeviceMemory* device);

/// The name of the one there is.
inline constexpr const char* checker_symbol = "dnnc_call_checker";

}  // namespace dnnc::runtime
