#pragma once
#include <memory>
#include <string>
#include <vector>

#include "compiler/kernels/kernel.h"
#include "runtime/program/program.h"

namespace dnnc {

/// Call it before anything else here: where LLVM ends the program it is with a message and an exit code of our own.
void say_how_it_ends();

/// The step as LLVM IR text, for --emit=llvm.
std::string step_text(const Plan& plan);

/// A program loaded into this process. Keeps the code alive; `program()` points into it.
class LoadedProgram {
 public:
  virtual ~LoadedProgram() = default;
  virtual const dnnc_program& program() const = 0;
};
/// Links step and kernels by ORC LLJIT. `manifest` is the text of runtime/program/manifest.h.
std::unique_ptr<LoadedProgram> load_program(const Plan& plan, const std::vector<std::vector<char>>& kernels,
                                            const std::string& manifest);

/// A program, made for one target. Kernels of programs that are linked together have names of their own.
struct ProgramParts {
  const Plan& plan;
  const std::vector<std::vector<char>>& kernels;
  std::string manifest;
};

/// Links a trainer of one program, made for these targets, and gives its bytes. `needed` names symbols of the runtime that nothing
/// calls by name, such as the loader of the data's source. No file is written on the way. Throws runtime::Failure where the system
/// denies what it takes.
std::vector<char> link_trainer(const std::vector<ProgramParts>& programs, const std::vector<std::string>& needed);

/// Links step and kernels into a shared library that exports `dnnc_generated`, likewise. What they call of the runtime it
/// takes from the program that loads it.
std::vector<char> link_library(const Plan& plan, const std::vector<std::vector<char>>& kernels,
                               const std::string& manifest);

}  // namespace dnnc
