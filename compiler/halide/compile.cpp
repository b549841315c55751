#include "compiler/halide/compile.h"

#include <Halide.h>

#include <cstring>
#include <mutex>
#include <new>

#include "compiler/halide/device_source.h"
#include "compiler/halide/lower/lower.h"
#include "compiler/support/check.h"
#include "runtime/files/memory_file.h"
#include "runtime/program/failure.h"

namespace dnnc {
namespace {

/// Halide prints warnings to stderr unless somebody takes them; its errors become faults of the compiler.
class QuietReporter : public Halide::CompileTimeErrorReporter {
 public:
  void warning(const char*) override {}
  void error(const char* message) override {
    // For each kernel it takes a large stack, and this is how it says that there is none.
    if (std::strstr(message, "mprotect failed")) throw std::bad_alloc();
    throw InternalError(std::string("halide: ") + message);
  }
};

void take_reports() {
  static QuietReporter reporter;
  static std::once_flag once;
  std::call_once(once, [] { Halide::set_custom_compile_time_error_reporter(&reporter); });
}

/// Every kernel links to one runtime. Code is made with what Halide asserts: that there is scratch memory, and that all
/// tasks of a loop have done well. If not, a kernel frees what it holds and returns a number.
Halide::Target halide_target(const Backend& backend) {
  return Halide::Target(backend.halide_target() + "-no_runtime-no_bounds_query");
}

/// Statements assert nothing: whoever calls a kernel gives buffers of the right shape.
Halide::Target lowering_target(const Halide::Target& target) { return target.with_feature(Halide::Target::NoAsserts); }

/// A module without functions. In it fast arithmetic is stated instruction by instruction, whether a kernel has strict
/// arithmetic or not: the code of a kernel must not depend on the others of its module.
Halide::Module empty_module(const std::string& name, const Halide::Target& target) {
  Halide::Module module(name, target);
  module.set_any_strict_float(true);
  return module;
}

/// Appends the functions of a lowered kernel, its output buffers put into the order of the kernel's outputs.
void append(Halide::Module& all, const Halide::Module& module, const LoweredKernel& lowered) {
  for (Halide::Internal::LoweredFunc function : module.functions()) {
    // Only the kernel itself has buffers: the bodies of its parallel loops take a number and a closure.
    if (function.linkage == Halide::LinkageType::External) {
      const size_t first = function.args.size() - lowered.buffer_of_output.size();
      const auto buffers = function.args;
      for (size_t k = 0; k < lowered.buffer_of_output.size(); ++k)
        function.args[first + k] = buffers[first + lowered.buffer_of_output[k]];
    }
    all.append(function);
  }
  // The code for a device, which the function gives to its driver.
  for (const Halide::Buffer<>& buffer : module.buffers()) all.append(buffer);
}

DeviceUse append_lowered(Halide::Module& all, const Kernel& kernel, const Backend& backend) {
  const KernelStructure structure = structure_of(kernel);
  const std::unique_ptr<KernelPlan> plan = backend.plan(kernel, structure);
  LoweredKernel lowered = backend.lower(kernel, structure, *plan);
  backend.schedule(kernel, *plan, lowered);
  std::vector<Halide::Argument> arguments(lowered.inputs.begin(), lowered.inputs.end());
  Halide::Pipeline pipeline(lowered.outputs);
  DeviceUse use;
  backend.prepare(kernel, lowered, pipeline, use);
  Halide::Module module = pipeline.compile_to_module(arguments, kernel.symbol, lowering_target(all.target()),
                                                     Halide::LinkageType::External);
  if (!backend.device().empty()) module = with_plain_sources(module, kernel.symbol);
  append(all, module, lowered);
  return use;
}

/// Runs `work`, turning what Halide throws into faults that name the kernel.
template <class Work>
auto guarded(const Kernel& kernel, Work work) {
  take_reports();
  try {
    return work();
  } catch (const runtime::Failure&) {
    throw;  // no fault of Halide's
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw InternalError("halide: " + kernel.symbol + ": " + error.what() + "\n" + print(kernel));
  }
}

Halide::Module lower_to_module(const std::vector<const Kernel*>& kernels, const Backend& backend) {
  Halide::Module module = empty_module(kernels.front()->symbol, halide_target(backend));
  for (const Kernel* kernel : kernels) guarded(*kernel, [&] { append_lowered(module, *kernel, backend); });
  return module;
}

std::string text_output(const Kernel& kernel, const Backend& backend, Halide::OutputFileType type) {
  const runtime::MemoryFile file;
  lower_to_module({&kernel}, backend).compile({{type, file.path()}});
  const std::vector<char> text = file.contents();
  return {text.begin(), text.end()};
}

}  // namespace

std::vector<char> compile_object(const std::vector<const Kernel*>& kernels, const Backend& backend) {
  const Halide::Module module = lower_to_module(kernels, backend);
  try {
    return guarded(*kernels.front(), [&] {
      const Halide::Buffer<uint8_t> object = module.compile_to_buffer();
      return std::vector<char>(object.begin(), object.begin() + object.number_of_elements());
    });
  } catch (const InternalError&) {
    // Whose code cannot be made shows when each is compiled alone.
    if (kernels.size() > 1)
      for (const Kernel* kernel : kernels) compile_object({kernel}, backend);
    throw;
  }
}

LoweredKernel Backend::lower(const Kernel& kernel, const KernelStructure& structure, const KernelPlan& plan) const {
  return dnnc::lower(kernel, structure, plan.cuts(), memory());
}

std::vector<char> Backend::compile(const std::vector<const Kernel*>& kernels) const {
  return compile_object(kernels, *this);
}

DeviceUse kernel_use(const Kernel& kernel, const Backend& backend) {
  return guarded(kernel, [&] {
    Halide::Module module = empty_module(kernel.symbol, halide_target(backend));
    return append_lowered(module, kernel, backend);
  });
}

std::string kernel_statement(const Kernel& kernel, const Backend& backend) {
  return guarded(kernel, [&] { return text_output(kernel, backend, Halide::OutputFileType::stmt); });
}

std::string kernel_assembly(const Kernel& kernel, const Backend& backend) {
  if (!backend.device().empty())
    return guarded(kernel, [&] { return device_source(lower_to_module({&kernel}, backend)); });
  return guarded(kernel, [&] { return text_output(kernel, backend, Halide::OutputFileType::assembly); });
}

}  // namespace dnnc
