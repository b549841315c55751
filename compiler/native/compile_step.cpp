#include "compiler/native/native.h"
#include "compiler/native/step.h"
#include "compiler/support/check.h"

namespace dnnc {

std::unique_ptr<llvm::TargetMachine> host_machine() {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  const std::string triple = "x86_64-unknown-linux-gnu";
  std::string error;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, error);
  check(target != nullptr, "native: " + error);
  return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(triple, "x86-64", "", llvm::TargetOptions(),
                                                                          llvm::Reloc::PIC_, llvm::CodeModel::Small,
                                                                          llvm::CodeGenOptLevel::None));
}

std::unique_ptr<llvm::MemoryBuffer> compile_step(llvm::Module& module) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  const auto machine = host_machine();
  const bool refused = machine->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile);
  check(!refused, "native: LLVM cannot write objects");
  passes.run(module);
  return std::make_unique<llvm::SmallVectorMemoryBuffer>(std::move(bytes), "step.o", false);
}

std::string step_text(const Plan& plan) {
  llvm::LLVMContext context;
  std::string text;
  llvm::raw_string_ostream stream(text);
  make_step(plan, "", context)->print(stream, nullptr);
  return stream.str();
}

}  // namespace dnnc
