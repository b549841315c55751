#pragma once
#include <string>
#include <vector>

#include "runtime/program/manifest.h"
#include "runtime/program/program.h"
#include "runtime/run/options.h"

namespace dnnc::runtime {

/// One run of a program: its code, and what it is.
struct ProgramRun {
  const dnnc_program* program;
  Manifest manifest;
};
/// With the manifest that the program carries.
ProgramRun program_run(const dnnc_program& program);

/// Does a command of a trainer: train evaluate predict info test source init run bench. Gives the exit code; throws Failure
/// for what the user can mend. `note` is a line about it, or null.
int run_programs(const std::vector<ProgramRun>& programs, const RunOptions& options, const std::string* note = nullptr);

/// The same for main() of a trainer: faults become messages.
int trainer_main(const dnnc_program& program, int argc, char** argv);

}  // namespace dnnc::runtime
