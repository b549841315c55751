#include "compiler/native/native.h"
#include "compiler/native/step.h"
#include "compiler/support/check.h"
#include "runtime/program/halide_runtime.h"

namespace dnnc {
namespace {

using llvm::orc::ExecutorAddr;
using llvm::orc::ExecutorSymbolDef;

void expect(llvm::Error error, const char* doing) {
  if (error) throw InternalError(std::string("native: ") + doing + ": " + llvm::toString(std::move(error)));
}

template <class T>
T expect(llvm::Expected<T> value, const char* doing) {
  if (!value) expect(value.takeError(), doing);
  return std::move(*value);
}

class JitProgram final : public LoadedProgram {
 public:
  explicit JitProgram(std::unique_ptr<llvm::orc::LLJIT> jit) : jit_(std::move(jit)) {
    const ExecutorAddr address = expect(jit_->lookup("dnnc_generated"), "loading the program");
    program_ = address.toPtr<const dnnc_program*>();
  }
  const dnnc_program& program() const override { return *program_; }

 private:
  std::unique_ptr<llvm::orc::LLJIT> jit_;
  const dnnc_program* program_ = nullptr;
};

/// What kernels call: the runtime of this process, the same code that a trainer is linked with; then the C library.
void add_runtime(llvm::orc::LLJIT& jit) {
  llvm::orc::SymbolMap symbols;
  for (const runtime::KernelSymbol& symbol : runtime::kernel_symbols())
    symbols[jit.mangleAndIntern(symbol.name)] = ExecutorSymbolDef(
        ExecutorAddr::fromPtr(symbol.address), llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable);
  llvm::orc::JITDylib& library = jit.getMainJITDylib();
  expect(library.define(llvm::orc::absoluteSymbols(std::move(symbols))), "the symbols of the runtime");
  library.addGenerator(
      expect(llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(jit.getDataLayout().getGlobalPrefix()),
             "the symbols of this process"));
}

}  // namespace

std::unique_ptr<LoadedProgram> load_program(const Plan& plan, const std::vector<std::vector<char>>& kernels,
                                            const std::string& manifest) {
  llvm::LLVMContext context;
  auto step = compile_step(*make_step(plan, manifest, context));
  auto jit = expect(llvm::orc::LLJITBuilder().create(), "starting the JIT");
  add_runtime(*jit);
  expect(jit->addObjectFile(std::move(step)), "adding the step");
  for (const std::vector<char>& kernel : kernels)
    expect(jit->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy({kernel.data(), kernel.size()}, "kernel.o")),
           "adding a kernel");
  return std::make_unique<JitProgram>(std::move(jit));
}

}  // namespace dnnc
