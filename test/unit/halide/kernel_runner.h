#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "compiler/halide/compile.h"
#include "compiler/ir/graph.h"
#include "runtime/program/device.h"

namespace dnnc::test {

/// The kernel whose body is this IR text; its inputs are the text's inputs in order. `storage` and `in_place` may be
/// left out: float32 and no output over an input.
Kernel kernel_of(const std::string& text, std::vector<Storage> storage = {}, std::vector<int> in_place = {});

/// Kernels alone, without entries that call them.
Plan plan_of(const std::vector<Kernel>& kernels);

/// The same kernel for arrays of every length.
Kernel for_any_length(Kernel kernel);

/// The processor, unless the environment names a device: so tests of kernels are tests of devices too.
Target tested_target(const CpuTarget& processor = host_target());

/// A compiled kernel in this process.
class LoadedKernel {
 public:
  LoadedKernel(const Kernel& kernel, const CpuTarget& target);
  LoadedKernel(const Kernel& kernel, const Backend& backend);
  ~LoadedKernel();
  LoadedKernel(const LoadedKernel&) = delete;

  /// Runs it on these inputs, each of the node's number of elements. An input that is overwritten is overwritten in a
  /// copy. `length` is that of the arrays, for kernels of any length.
  std::vector<std::vector<float>> run(const std::vector<std::vector<float>>& inputs, int64_t length = 0) const;
  /// Calls it on memory that is aligned, and followed by 64 bytes that may be read. Inputs, then outputs. Throws
  /// std::bad_alloc if it ends with `no_memory`.
  void call(const std::vector<void*>& buffers, int64_t length = 0) const;

 private:
  void call_on_device(const std::vector<void*>& buffers, int64_t length) const;

  Kernel kernel_;
  const dnnc_device* device_ = nullptr;  ///< null: the processor
  void* library_ = nullptr;
  void* function_ = nullptr;
};

/// 64-byte aligned memory with 64 bytes after it; filled with NaNs.
class Memory {
 public:
  explicit Memory(size_t bytes);
  void* data() const { return data_; }
  float* floats() const { return static_cast<float*>(data_); }

 private:
  std::vector<char> store_;
  void* data_;
};

/// Numbers in [low, high] that depend on `seed` only.
std::vector<float> random_values(size_t count, uint64_t seed, float low = -1, float high = 1);

/// Runs a parallel loop's tasks in this order; what comes out must not depend on it.
enum class TaskOrder { Forward, Backward };
void set_task_order(TaskOrder order);
/// Number of tasks that parallel loops have run since the start.
int64_t tasks_run();

/// What kernels return that get no scratch memory.
constexpr int no_memory = -11;
/// Gives kernels no more than so many pieces of scratch memory from now on.
void give_pieces(int64_t most);
/// The pieces that kernels hold.
int64_t held_pieces();

}  // namespace dnnc::test
