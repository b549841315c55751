#include "test/unit/native/program_runner.h"

#include <dlfcn.h>

#include <cstdlib>
#include <cstring>
#include <limits>

#include "compiler/support/check.h"
#include "runtime/files/files.h"
#include "test/unit/native/memory_manifest.h"

namespace dnnc::test {
namespace {

/// Fills memory with NaNs, so that what is read before it is written shows.
void fill_with_nan(char* memory, int64_t bytes) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (int64_t place = 0; place < bytes; place += 4) std::memcpy(memory + place, &nan, 4);
}

class LinkedProgram : public LoadedProgram {
 public:
  explicit LinkedProgram(const std::string& path) : library_(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    check(library_ != nullptr, "cannot load " + path);
    program_ = static_cast<const dnnc_program*>(dlsym(library_, "dnnc_generated"));
    check(program_ != nullptr, "no program in " + path);
  }
  ~LinkedProgram() override { dlclose(library_); }
  const dnnc_program& program() const override { return *program_; }

 private:
  void* library_;
  const dnnc_program* program_;
};

std::vector<std::vector<const Kernel*>> shares_of(const Plan& plan, const Making& making) {
  if (!making.one_object || plan.kernels.size() == 0) return share_out(plan);
  std::vector<std::vector<const Kernel*>> shares(1);
  for (const Kernel& kernel : plan.kernels) shares[0].push_back(&kernel);
  return shares;
}

std::unique_ptr<LoadedProgram> made(const Plan& plan, const Making& making) {
  const auto kernels =
      compile_objects(shares_of(plan, making), *cpu_backend(making.target), runtime::Cache(making.cache, ".kernel"), 2);
  if (making.library.empty()) return load_program(plan, kernels, "{}");
  const std::vector<char> library = link_library(plan, kernels, "{}");
  runtime::write_file(making.library, library.data(), library.size(), runtime::FileKind::Program);
  return std::make_unique<LinkedProgram>(making.library);
}

}  // namespace

void RunningProgram::Free::operator()(char* memory) const { std::free(memory); }

RunningProgram::RunningProgram(const Graph& graph, const FusionLimits& limits)
    : RunningProgram(std::vector<EntryGraph>{{EntryKind::Train, 1, graph, {}}},
                     Making{limits, host_target(), "", "", false}) {}

RunningProgram::RunningProgram(const std::vector<EntryGraph>& graphs, const Making& making)
    : plan_(dnnc::plan(graphs, making.limits)) {
  for (const std::string& fault : verify(plan_)) check(false, "plan: " + fault);
  program_ = made(plan_, making);
  const int64_t bytes = std::max<int64_t>(plan_.arena_bytes, 64);
  arena_.reset(static_cast<char*>(std::aligned_alloc(64, static_cast<size_t>(bytes))));
  fill_with_nan(arena_.get(), bytes);
  program_->program().bind(arena_.get());
  if (!making.check_memory) return;
  manifest_ = memory_manifest(plan_);
  check_.emplace(program_->program(), manifest_, std::span(arena_.get(), static_cast<size_t>(bytes)), arena_.get());
}

void RunningProgram::set(const std::string& input, const Values& values, size_t entry) {
  for (const Entry::Port& port : plan_.entries.at(entry).inputs) {
    if (port.name != input) continue;
    const Buffer& buffer = plan_.buffers[port.buffer];
    char* memory = arena_.get() + buffer.offset;
    for (size_t k = 0; k < values.size(); ++k) switch (buffer.storage) {
        case Storage::Float32:
          reinterpret_cast<float*>(memory)[k] = static_cast<float>(values[k]);
          break;
        case Storage::UInt8:
          reinterpret_cast<uint8_t*>(memory)[k] = static_cast<uint8_t>(values[k]);
          break;
        case Storage::Int32:
          reinterpret_cast<int32_t*>(memory)[k] = static_cast<int32_t>(values[k]);
          break;
      }
  }
}

Values RunningProgram::output(size_t number, size_t entry) const {
  const Buffer& buffer = plan_.buffers[plan_.entries.at(entry).outputs.at(number).buffer];
  const char* place = arena_.get() + buffer.offset;
  if (buffer.storage == Storage::Int32) {
    const auto* memory = reinterpret_cast<const int32_t*>(place);
    return {memory, memory + buffer.bytes / 4};
  }
  check(buffer.storage == Storage::Float32, "output " + buffer.name + " is kept as bytes");
  const auto* memory = reinterpret_cast<const float*>(place);
  return {memory, memory + buffer.bytes / 4};
}

void RunningProgram::step(size_t entry) {
  if (check_) {
    check_->compute(entry);
    check_->update(entry);
    return;
  }
  const dnnc_entry& code = this->entry(entry);
  check(code.compute().code == 0, "a kernel of compute reports a fault");
  check(!code.update || code.update().code == 0, "a kernel of update reports a fault");
}

}  // namespace dnnc::test
