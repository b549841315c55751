#include "compiler/halide/gpu/expressible.h"
#include "compiler/halide/gpu/gpu_plan.h"
#include "compiler/halide/gpu/merge_launches.h"
#include "compiler/halide/gpu/schedule.h"
#include "compiler/halide/gpu/take_batch.h"
#include "compiler/halide/gpu/wide_loads.h"
#include "runtime/device/cuda_api.h"

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

/// What the kernel does of a batch beside what it computes.
AddLaunches batch_launches(const Kernel& kernel, const LoweredKernel& lowered) {
  std::vector<std::string> arguments;
  for (const Halide::ImageParam& input : lowered.inputs) arguments.push_back(input.name());
  for (const std::string& output : stored_buffers(lowered)) arguments.push_back(output);
  return [&kernel, arguments](LaunchList& list) {
    const Halide::DeviceAPI api = list.launches.front().api;
    std::vector<Launch> more;
    if (kernel.takes) more = taking_launches(kernel, arguments, api);
    list.launches.insert(list.launches.begin(), more.begin(), more.end());
    if (!kernel.records.empty()) more.push_back(recording_launch(kernel, arguments, api));
    if (!kernel.records.empty()) list.launches.push_back(more.back());
    const std::vector<Halide::Internal::Stmt> lets = lets_of_taken(more, arguments.back());
    list.around.insert(list.around.begin(), lets.begin(), lets.end());
  };
}

SameMemory same_memory(const Kernel& kernel, const LoweredKernel& lowered) {
  const std::vector<std::string> stored = stored_buffers(lowered);
  SameMemory same;
  for (size_t k = 0; k < kernel.in_place.size(); ++k)
    if (const int over = kernel.in_place[k]; over >= 0)
      same[lowered.inputs[static_cast<size_t>(over)].name()] = stored[k];
  if (!kernel.takes) return same;
  for (const Taking::Field& field : kernel.takes->fields) {
    const std::string& first = lowered.inputs[field.inputs.front()].name();
    const std::string memory = same.contains(first) ? same[first] : first;
    for (const size_t other : field.inputs)
      if (other != field.inputs.front()) same[lowered.inputs[other].name()] = memory;
  }
  return same;
}

/// What Halide calls the api, and what kernels need of it.
std::string features_of(const std::string& api) {
  if (api == runtime::word_of(TargetName::Cuda))
    return "cuda-cuda_capability_" + std::to_string(runtime::cuda::least_capability);
  return api + "-cl_doubles";
}

class GpuBackend final : public Backend {
 public:
  explicit GpuBackend(const GpuTarget& target) : target_(target) {}

  std::string text() const override { return text_of(target_); }
  runtime::MemoryLayout memory() const override { return target_.memory; }
  std::string device() const override { return "dnnc_device_" + target_.api; }
  std::string halide_target() const override { return "x86-64-linux-sse41-" + features_of(target_.api); }

  std::unique_ptr<KernelPlan> plan(const Kernel& kernel, const KernelStructure& structure) const override {
    return std::make_unique<GpuPlan>(plan_for_gpu(kernel, structure, target_));
  }
  void schedule(const Kernel& kernel, const KernelPlan& plan, LoweredKernel& lowered) const override {
    schedule_for_gpu(kernel, dynamic_cast<const GpuPlan&>(plan), lowered, target_);
  }
  void prepare(const Kernel& kernel, const LoweredKernel& lowered, Halide::Pipeline& pipeline,
               DeviceUse& use) const override {
    make_expressible(pipeline);
    if (target_.at_once > 1) widen_loads(pipeline, target_.at_once);
    merge_launches(pipeline, same_memory(kernel, lowered), looked_at(kernel, lowered), batch_launches(kernel, lowered),
                   use);
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
