#include <llvm/Support/ErrorHandling.h>
#include <unistd.h>

#include <system_error>

#include "compiler/native/native.h"
#include "compiler/native/step.h"
#include "compiler/support/check.h"
#include "runtime/files/streams.h"
#include "runtime/program/failure.h"
#include "runtime/program/halide_runtime.h"

namespace dnnc {
namespace {

using llvm::orc::ExecutorAddr;
using llvm::orc::ExecutorSymbolDef;

/// What the system has denied, such as memory; none where an error means something else.
std::error_code denied_by_system(const llvm::ErrorInfoBase& error) {
  const std::error_code code = error.convertToErrorCode();
  const bool of_system = code.category() == std::generic_category() || code.category() == std::system_category();
  return of_system ? code : std::error_code();
}

/// `denied`: what was denied before, and is the reason of this error.
void expect(llvm::Error error, const char* doing, std::error_code denied = {}) {
  std::string said;
  bool failed = false;
  llvm::handleAllErrors(std::move(error), [&](const llvm::ErrorInfoBase& info) {
    failed = true;
    said += info.message() + "\n";
    if (!denied) denied = denied_by_system(info);
  });
  if (failed && denied)
    throw runtime::Failure(runtime::exit_input_output, std::string(doing) + " cannot be done: " + denied.message());
  if (failed) throw InternalError(std::string("native: ") + doing + ": " + said);
}

template <class T>
T expect(llvm::Expected<T> value, const char* doing, std::error_code denied = {}) {
  if (!value) expect(value.takeError(), doing, denied);
  return std::move(*value);
}

class JitProgram final : public LoadedProgram {
 public:
  explicit JitProgram(std::unique_ptr<llvm::orc::LLJIT> jit) : jit_(std::move(jit)) {
    std::error_code denied;
    // What stands in the way is told here, and lookup() only says that something does.
    jit_->getExecutionSession().setErrorReporter([&](llvm::Error error) {
      llvm::handleAllErrors(std::move(error), [&](const llvm::ErrorInfoBase& info) {
        if (!denied) denied = denied_by_system(info);
      });
    });
    auto found = jit_->lookup(runtime::program_symbol);
    jit_->getExecutionSession().setErrorReporter(llvm::consumeError);
    const ExecutorAddr address = expect(std::move(found), "loading the program", denied);
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

namespace {

/// LLVM ends the program where it cannot go on, as when what it writes is not taken. It calls this from places that let nothing
/// through that is thrown, and nothing is lost by an end: what is written to files is whole, or has another name.
void end_by_fault(void*, const char* reason, bool is_bug) {
  runtime::tell(is_bug ? std::string("dnnc: a bug of the compiler, not of your program: ") + reason + "\n"
                       : std::string("dnnc: code cannot be made: ") + reason + "\n");
  ::_exit(is_bug ? runtime::exit_compiler_bug : runtime::exit_input_output);
}

void end_without_memory(void*, const char*, bool) {
  runtime::tell("dnnc: not enough memory\n");
  ::_exit(runtime::exit_input_output);
}

}  // namespace

void say_how_it_ends() {
  llvm::install_fatal_error_handler(end_by_fault);
  llvm::install_bad_alloc_error_handler(end_without_memory);
}

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
