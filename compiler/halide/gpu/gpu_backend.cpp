#include "compiler/halide/gpu/expressible.h"
#include "compiler/halide/gpu/gpu_plan.h"
#include "compiler/halide/gpu/merge_launches.h"
#include "compiler/halide/gpu/schedule.h"

namespace dnnc {
namespace {

/// By output of the kernel.
std::vector<std::string> stored_buffers(const LoweredKernel& lowered) {
  std::vector<std::string> all, stored;
  for (Halide::Func output : lowered.outputs)
    for (const Halide::OutputImageParam& buffer : output.output_buffers()) all.push_back(buffer.name());
  for (const size_t buffer : lowered.buffer_of_output) stored.push_back(all[buffer]);
  return stored;
}

std::vector<LookedAt> looked_at(const Kernel& kernel, const LoweredKernel& lowered) {
  const std::vector<std::string> stored = stored_buffers(lowered);
  std::vector<LookedAt> all;
  for (const size_t output : kernel.looks_at)
    all.push_back({stored[output], element_count(kernel.body[kernel.body.outputs[output].node])});
  return all;
}

SameMemory same_memory(const Kernel& kernel, const LoweredKernel& lowered) {
  const std::vector<std::string> stored = stored_buffers(lowered);
  SameMemory same;
  for (size_t k = 0; k < kernel.in_place.size(); ++k)
    if (const int over = kernel.in_place[k]; over >= 0)
      same[lowered.inputs[static_cast<size_t>(over)].name()] = stored[k];
  return same;
}

class GpuBackend final : public Backend {
 public:
  explicit GpuBackend(const GpuTarget& target) : target_(target) {}

  std::string text() const override { return text_of(target_); }
  runtime::MemoryLayout memory() const override { return target_.memory; }
  std::string device() const override { return "dnnc_device_" + target_.api; }
  std::string halide_target() const override { return "x86-64-linux-sse41-" + target_.api + "-cl_doubles"; }

  std::unique_ptr<KernelPlan> plan(const Kernel& kernel, const KernelStructure& structure) const override {
    return std::make_unique<GpuPlan>(plan_for_gpu(kernel, structure, target_));
  }
  void schedule(const Kernel& kernel, const KernelPlan& plan, LoweredKernel& lowered) const override {
    schedule_for_gpu(kernel, dynamic_cast<const GpuPlan&>(plan), lowered, target_);
  }
  void prepare(const Kernel& kernel, const LoweredKernel& lowered, Halide::Pipeline& pipeline,
               DeviceUse& use) const override {
    make_expressible(pipeline);
    merge_launches(pipeline, same_memory(kernel, lowered), looked_at(kernel, lowered), use);
  }
  /// Halide would give all kernels of an object the device code of the last one.
  bool shares_objects() const override { return false; }

 private:
  const GpuTarget target_;
};

}  // namespace

std::unique_ptr<Backend> gpu_backend(const GpuTarget& target) { return std::make_unique<GpuBackend>(target); }

std::unique_ptr<Backend> backend_of(const Target& target) {
  if (const auto* device = std::get_if<GpuTarget>(&target)) return gpu_backend(*device);
  return cpu_backend(std::get<CpuTarget>(target));
}

}  // namespace dnnc
