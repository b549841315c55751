#include "compiler/halide/cpu/cpu_plan.h"
#include "compiler/halide/cpu/schedule.h"
#include "compiler/halide/lower/lower.h"

namespace dnnc {
namespace {

class CpuBackend final : public Backend {
 public:
  explicit CpuBackend(const CpuTarget& target) : target_(target) {}

  std::string text() const override { return text_of(target_); }
  runtime::MemoryLayout memory() const override { return target_.memory; }

  std::string halide_target() const override { return "x86-64-linux-" + target_.features; }

  std::unique_ptr<KernelPlan> plan(const Kernel& kernel, const KernelStructure& structure) const override {
    return std::make_unique<CpuPlan>(plan_for_cpu(kernel, structure, target_));
  }

  void schedule(const Kernel& kernel, const KernelPlan& plan, LoweredKernel& lowered) const override {
    schedule_for_cpu(kernel, dynamic_cast<const CpuPlan&>(plan), lowered, target_);
  }

 private:
  const CpuTarget target_;
};

}  // namespace

std::unique_ptr<Backend> cpu_backend(const CpuTarget& target) { return std::make_unique<CpuBackend>(target); }

}  // namespace dnnc
