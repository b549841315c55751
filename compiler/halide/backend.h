#pragma once
#include <memory>
#include <string>
#include <vector>

#include "compiler/kernels/kernel.h"
#include "compiler/target/target.h"

namespace Halide {
class Pipeline;
}

namespace dnnc {

struct KernelStructure;  // structure/structure.h
struct KernelCuts;       // lower/cuts.h
struct LoweredKernel;    // lower/lower.h

/// What a launch asks of a device. None takes memory that threads of a group share.
struct LaunchUse {
  int64_t threads = 0;    ///< of a group
  int64_t words = 0;      ///< that a thread keeps: thread_words
  double operations = 0;  ///< of all threads of all groups, as if each did what the longest does: thread_operations
  double longest = 0;     ///< of one thread
};

/// What a call of a kernel asks of a device, launch by launch.
using DeviceUse = std::vector<LaunchUse>;

/// How a target computes a kernel. What more there is to it than its cuts only the target's schedule knows.
class KernelPlan {
 public:
  virtual ~KernelPlan() = default;
  virtual KernelCuts cuts() const = 0;
};

/// A kind of machine that kernels are compiled for. What a kernel computes (KernelStructure) is the same for all; a
/// backend chooses how, in the four steps below. All but schedule are functions of the kernel and of `text()` alone.
class Backend {
 public:
  virtual ~Backend() = default;

  /// Tells apart what is compiled differently: for keys of caches.
  virtual std::string text() const = 0;
  /// How the buffers lie that kernels are given.
  virtual runtime::MemoryLayout memory() const = 0;
  /// The constant of the runtime that stands for the device on which the kernels run (runtime/program/device.h); none: they run
  /// on the processor.
  virtual std::string device() const { return ""; }
  /// The target as Halide names it.
  virtual std::string halide_target() const = 0;

  virtual std::unique_ptr<KernelPlan> plan(const Kernel& kernel, const KernelStructure& structure) const = 0;
  /// The algorithm, without loops.
  virtual LoweredKernel lower(const Kernel& kernel, const KernelStructure& structure, const KernelPlan& plan) const;
  /// Gives every Func of the lowered kernel its loops, by the plan that it was lowered by.
  virtual void schedule(const Kernel& kernel, const KernelPlan& plan, LoweredKernel& lowered) const = 0;
  /// What is to be done with the lowered kernel's statement before code is made of it; what that uses of a device is put into
  /// `use` then, which outlives the pipeline.
  virtual void prepare(const Kernel&, const LoweredKernel&, Halide::Pipeline&, DeviceUse& /*use*/) const {}
  /// Whether an object may hold the code of several kernels.
  virtual bool shares_objects() const { return true; }
  /// An object with a function for each of the kernels: see compile_object.
  virtual std::vector<char> compile(const std::vector<const Kernel*>& kernels) const;
};

/// That of a processor.
std::unique_ptr<Backend> cpu_backend(const CpuTarget& target);
/// That of a device.
std::unique_ptr<Backend> gpu_backend(const GpuTarget& target);
std::unique_ptr<Backend> backend_of(const Target& target);

}  // namespace dnnc
