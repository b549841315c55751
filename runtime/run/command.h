#pragma once
#include <string>
#include <vector>

#include "runtime/program/program.h"

namespace dnnc::runtime {

/// Does a command of a trainer: train evaluate predict info test source init run bench. `arguments` starts with the
/// command. Gives the exit code; throws Failure for what the user can mend.
int run_programs(const std::vector<const dnnc_program*>& programs, const std::vector<std::string>& arguments);

/// The same for main() of a trainer: faults become messages.
int trainer_main(const dnnc_program& program, int argc, char** argv);

}  // namespace dnnc::runtime
