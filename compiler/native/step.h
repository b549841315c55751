#pragma once
#include "compiler/kernels/kernel.h"
#include "compiler/native/llvm_headers.h"
#include "runtime/program/program.h"

namespace dnnc {

/// The module of one program: the constant `dnnc_generated`, a function for each part of each entry that calls its kernels
/// one after the other until one reports a fault, the buffers they are called with, and `bind`, which tells the buffers
/// where the arena is. Where several programs are linked, `names` tells how this one is called, and the one behind it.
struct ProgramNames {
  std::string own = runtime::program_symbol, next = "";
};
std::unique_ptr<llvm::Module> make_step(const Plan& plan, const std::string& manifest, llvm::LLVMContext& context,
                                        const ProgramNames& names = {});

/// What code of this computer's architecture is made by.
std::unique_ptr<llvm::TargetMachine> host_machine();

/// Machine code for this computer's architecture as an ELF object, position-independent.
std::unique_ptr<llvm::MemoryBuffer> compile_step(llvm::Module& module);

}  // namespace dnnc
