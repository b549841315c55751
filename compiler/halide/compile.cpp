#include "compiler/halide/compile.h"

#include <Halide.h>

#include <fstream>
#include <mutex>

#include "compiler/halide/lower.h"
#include "compiler/halide/schedule.h"
#include "compiler/support/check.h"

namespace dnnc {
namespace {

/// Halide prints warnings to stderr unless somebody takes them; its errors become faults of the compiler.
class QuietReporter : public Halide::CompileTimeErrorReporter {
 public:
  void warning(const char*) override {}
  void error(const char* message) override { throw InternalError(std::string("halide: ") + message); }
};

void take_reports() {
  static QuietReporter reporter;
  static std::once_flag once;
  std::call_once(once, [] { Halide::set_custom_compile_time_error_reporter(&reporter); });
}

/// Puts the output buffers of the kernel's function into the order of the kernel's outputs.
Halide::Module with_ordered_outputs(const Halide::Module& module, const LoweredKernel& lowered) {
  Halide::Module ordered(module.name(), module.target());
  ordered.set_any_strict_float(module.any_strict_float());
  for (Halide::Internal::LoweredFunc function : module.functions()) {
    // Only the kernel itself has buffers: the bodies of its parallel loops take a number and a closure.
    if (function.linkage == Halide::LinkageType::External) {
      const size_t first = function.args.size() - lowered.buffer_of_output.size();
      const auto buffers = function.args;
      for (size_t k = 0; k < lowered.buffer_of_output.size(); ++k)
        function.args[first + k] = buffers[first + lowered.buffer_of_output[k]];
    }
    ordered.append(function);
  }
  return ordered;
}

Halide::Module lower_to_module(const Kernel& kernel, const CpuTarget& target) {
  LoweredKernel lowered = lower(kernel, structure_of(kernel, target));
  schedule(kernel, lowered, target);
  std::vector<Halide::Argument> arguments(lowered.inputs.begin(), lowered.inputs.end());
  Halide::Pipeline pipeline(lowered.outputs);
  const Halide::Module module = pipeline.compile_to_module(arguments, kernel.symbol, Halide::Target(target.halide),
                                                           Halide::LinkageType::External);
  return with_ordered_outputs(module, lowered);
}

/// Runs `work`, turning what Halide throws into faults that name the kernel.
template <class Work>
auto guarded(const Kernel& kernel, Work work) {
  take_reports();
  try {
    return work();
  } catch (const std::exception& error) {
    throw InternalError("halide: " + kernel.symbol + ": " + error.what() + "\n" + print(kernel));
  }
}

std::string text_output(const Kernel& kernel, const CpuTarget& target, Halide::OutputFileType type) {
  const Halide::Internal::TemporaryFile file(kernel.symbol, "txt");
  lower_to_module(kernel, target).compile({{type, file.pathname()}});
  std::ifstream stream(file.pathname());
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

std::vector<char> compile_kernel(const Kernel& kernel, const CpuTarget& target) {
  return guarded(kernel, [&] {
    const Halide::Buffer<uint8_t> object = lower_to_module(kernel, target).compile_to_buffer();
    return std::vector<char>(object.begin(), object.begin() + object.number_of_elements());
  });
}

std::string kernel_statement(const Kernel& kernel, const CpuTarget& target) {
  return guarded(kernel, [&] { return text_output(kernel, target, Halide::OutputFileType::stmt); });
}

std::string kernel_assembly(const Kernel& kernel, const CpuTarget& target) {
  return guarded(kernel, [&] { return text_output(kernel, target, Halide::OutputFileType::assembly); });
}

}  // namespace dnnc
