#include "test/unit/native/program_runner.h"

#include <dlfcn.h>

#include <string>

#include "compiler/support/check.h"
#include "runtime/files/files.h"
#include "test/unit/native/plan_manifest.h"

namespace dnnc::test {
namespace {

class LinkedProgram : public LoadedProgram {
 public:
  explicit LinkedProgram(const std::string& path) : library_(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    check(library_ != nullptr, "cannot load " + path);
    program_ = static_cast<const dnnc_program*>(dlsym(library_, runtime::program_symbol));
    check(program_ != nullptr, "no program in " + path);
  }
  ~LinkedProgram() override { dlclose(library_); }
  const dnnc_program& program() const override { return *program_; }

 private:
  void* library_;
  const dnnc_program* program_;
};

std::vector<std::vector<const Kernel*>> shares_of(const Plan& plan, const Making& making, const Backend& backend) {
  if (!making.one_object || !backend.shares_objects() || plan.kernels.size() == 0) return share_out(plan, backend);
  std::vector<std::vector<const Kernel*>> shares(1);
  for (const Kernel& kernel : plan.kernels) shares[0].push_back(&kernel);
  return shares;
}

std::unique_ptr<LoadedProgram> made(const Plan& plan, const Making& making) {
  const auto backend = backend_of(making.target);
  const auto kernels =
      compile_objects(shares_of(plan, making, *backend), *backend, runtime::Cache(making.cache, ".kernel"), 2);
  if (making.library.empty()) return load_program(plan, kernels, "{}");
  const std::vector<char> library = link_library(plan, kernels, "{}");
  runtime::write_file(making.library, library.data(), library.size(), runtime::FileKind::Program);
  return std::make_unique<LinkedProgram>(making.library);
}

/// What every device has is enough for each kernel.
void expect_to_fit(const Plan& plan, const GpuTarget& device) {
  const auto backend = gpu_backend(device);
  for (const Kernel& kernel : plan.kernels) {
    const DeviceUse launches = kernel_use(kernel, *backend);
    check(!launches.empty(), kernel.symbol + " launches nothing");
    for (const LaunchUse& use : launches)
      check(use.words > 0 && use.words <= device.most_words && use.threads <= device.most_threads,
            kernel.symbol + ": groups of " + std::to_string(use.threads) + " threads of " + std::to_string(use.words) +
                " words");
  }
}

}  // namespace

RunningProgram::RunningProgram(const Graph& graph, const FusionLimits& limits)
    : RunningProgram(std::vector<EntryGraph>{{EntryKind::Train, 1, graph, {}}},
                     Making{limits, host_target(), "", "", false}) {}

RunningProgram::RunningProgram(const std::vector<EntryGraph>& graphs, const Making& making)
    : plan_(dnnc::plan(graphs, making.limits, memory_of(making.target))) {
  plan_.device = backend_of(making.target)->device();
  for (const std::string& fault : verify(plan_)) check(false, "plan: " + fault);
  if (const auto* device = std::get_if<GpuTarget>(&making.target)) expect_to_fit(plan_, *device);
  program_ = made(plan_, making);
  manifest_ = plan_manifest(plan_, making.check_memory);
  machine_.emplace(program_->program(), manifest_, full_of_nan);
  for (const runtime::EntryInfo& entry : manifest_.entries) machine_->prepare(entry);
}

void RunningProgram::set(const std::string& input, const Values& values, size_t entry) {
  for (const runtime::InputPort& port : manifest_.entries.at(entry).inputs)
    if (port.name == input)
      for (size_t k = 0; k < values.size(); ++k) machine_->set(port, values[k], static_cast<int64_t>(k));
}

Values RunningProgram::output(size_t number, size_t entry) const {
  const runtime::OutputPort& port = manifest_.entries.at(entry).outputs.at(number);
  Values values(static_cast<size_t>(port.count()));
  for (size_t k = 0; k < values.size(); ++k) values[k] = machine_->get(port, static_cast<int64_t>(k));
  return values;
}

void RunningProgram::step(size_t entry) {
  machine_->compute(manifest_.entries.at(entry));
  machine_->update(manifest_.entries.at(entry));
}

}  // namespace dnnc::test
